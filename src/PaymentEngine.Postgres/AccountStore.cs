namespace PaymentEngine.Postgres;

/// <summary>An account of a payee as stored.</summary>
public sealed record StoredAccount
{
    public int PayeeNo { get; init; }

    /// <summary>Version of the payee's channel.</summary>
    public int Version { get; init; }
    public string BankBin { get; init; } = "";
    public short AccountKey { get; init; }
    public byte[] AccountCipher { get; init; } = [];
    public string AccountTail { get; init; } = "";

    /// <summary>Id of the person whose money it is.</summary>
    public string PersonId { get; init; } = "";

    /// <summary>Known today, not only in the past.</summary>
    public bool IsCurrent { get; init; }
}

/// <summary>Accounts of payees, as cipher text.</summary>
public static class AccountStore
{
    const string AtBanks = """
        -- AccountStore.AtBanks
        SELECT c.payee_no, c.version, c.bank_bin, c.account_key, c.account_cipher, c.account_tail, r.person_id, c.known_to = 'infinity' AS is_current
          FROM channel c
          JOIN payee p ON p.province_code = c.province_code AND p.payee_no = c.payee_no AND p.version = 1
          JOIN recipient r ON r.province_code = p.province_code AND r.recipient_id = p.recipient_id AND r.version = 1
         WHERE c.province_code = @provinceCode AND length(c.account_cipher) > 0 AND ((c.bank_bin = ANY(@bins)) <> @others)
           AND (@communes::int[] IS NULL OR p.recipient_id IN (SELECT f.recipient_id FROM dated_fact f WHERE f.province_code = @provinceCode AND f.commune_id = ANY (@communes)))
         ORDER BY c.payee_no, c.version;
        """;

    const string OfPayee = """
        -- AccountStore.OfPayee
        SELECT c.payee_no, c.version, c.bank_bin, c.account_key, c.account_cipher, c.account_tail, '' AS person_id, c.known_to = 'infinity' AS is_current
          FROM channel c WHERE c.province_code = @provinceCode AND c.payee_no = @payeeNo AND c.version = @version;
        """;

    /// <summary>One account of a payee, without the person's id.</summary>
    public static Task<StoredAccount> OfPayeeAsync(DatabaseSession session, short provinceCode, int payeeNo, int version, CancellationToken cancel) =>
        session.SingleAsync<StoredAccount>(OfPayee, new { provinceCode, payeeNo, version }, cancel);

    /// <summary>Every account, of today and before, that payees have or had at some banks.</summary>
    /// <param name="bins">NAPAS numbers.</param>
    /// <param name="others">Those of all banks but these.</param>
    /// <param name="communes">Of people who were ever recorded there; null: of everybody.</param>
    public static Task<IReadOnlyList<StoredAccount>> AtBanksAsync(DatabaseSession session, short provinceCode, IEnumerable<string> bins, bool others, IReadOnlyList<int>? communes, CancellationToken cancel) =>
        session.QueryAsync<StoredAccount>(AtBanks, new { provinceCode, bins = bins.ToArray(), others, communes = communes?.ToArray() }, cancel);
}
