using NodaTime;

namespace PaymentEngine.Postgres.Users;

/// <summary>A passkey as the ceremony needs it.</summary>
public sealed record StoredPasskey
{
    public string UserName { get; init; } = "";
    public int PasskeyNo { get; init; }
    public byte[] CredentialId { get; init; } = [];

    /// <summary>COSE.</summary>
    public byte[] PublicKey { get; init; } = [];
    public long SignCount { get; init; }
    public string[] Transports { get; init; } = [];
    public bool IsUserVerified { get; init; }
    public bool IsBackupEligible { get; init; }
    public bool IsBackedUp { get; init; }
    public byte[] AttestationObject { get; init; } = [];
    public byte[] ClientData { get; init; } = [];
    public string Name { get; init; } = "";
    public Instant MadeAt { get; init; }
    public Instant? LastUsedAt { get; init; }
}

/// <summary>Passkeys of users and the challenges they have answered. For the run role.</summary>
public static class PasskeyStore
{
    const string Columns = """
        user_name, passkey_no, credential_id, public_key, sign_count, transports, is_user_verified, is_backup_eligible, is_backed_up,
               attestation_object, client_data, name, made_at, last_used_at
        """;

    const string OfUserSql = $"""
        -- PasskeyStore.OfUser
        SELECT {Columns} FROM user_passkey WHERE province_code = @provinceCode AND user_name = @userName AND removed_at IS NULL ORDER BY passkey_no;
        """;

    const string Owner = """
        -- PasskeyStore.Owner: of a removed one too, so that it is not registered a second time.
        SELECT user_name FROM user_passkey WHERE province_code = @provinceCode AND credential_id = @credentialId;
        """;

    const string Add = """
        -- PasskeyStore.Add: the key decides between two that register the same credential.
        INSERT INTO user_passkey (province_code, user_name, passkey_no, credential_id, public_key, sign_count, transports, is_user_verified, is_backup_eligible, is_backed_up,
                                  attestation_object, client_data, name, made_at)
        SELECT @provinceCode, @UserName, coalesce(max(p.passkey_no), 0) + 1, @CredentialId, @PublicKey, @SignCount, @Transports, @IsUserVerified, @IsBackupEligible, @IsBackedUp,
               @AttestationObject, @ClientData, @Name, @MadeAt
          FROM user_passkey p WHERE p.province_code = @provinceCode AND p.user_name = @UserName
        ON CONFLICT DO NOTHING;
        """;

    // Two answers with one count cannot both be the authenticator's: the second finds the row risen.
    const string Used = """
        -- PasskeyStore.Used
        UPDATE user_passkey SET sign_count = @signCount, is_backed_up = @isBackedUp, last_used_at = @at
         WHERE province_code = @provinceCode AND credential_id = @credentialId AND removed_at IS NULL AND (sign_count < @signCount OR (sign_count = 0 AND @signCount = 0));
        """;

    const string Rename = """
        -- PasskeyStore.Rename
        UPDATE user_passkey SET name = @name WHERE province_code = @provinceCode AND user_name = @userName AND passkey_no = @passkeyNo AND removed_at IS NULL;
        """;

    const string Remove = """
        -- PasskeyStore.Remove
        UPDATE user_passkey SET removed_at = @at WHERE province_code = @provinceCode AND user_name = @userName AND passkey_no = @passkeyNo AND removed_at IS NULL;
        """;

    const string Answer = """
        -- PasskeyStore.AnswerChallenge
        INSERT INTO passkey_challenge (province_code, challenge_hash, answered_at) VALUES (@provinceCode, @challengeHash, @at) ON CONFLICT DO NOTHING;
        """;

    /// <summary>The passkeys of a user that are not removed, in the order in which they were added.</summary>
    public static Task<IReadOnlyList<StoredPasskey>> OfUserAsync(DatabaseSession session, short provinceCode, string userName, CancellationToken cancel) =>
        session.QueryAsync<StoredPasskey>(OfUserSql, new { provinceCode, userName }, cancel);

    /// <summary>Whose a credential is or was; null when nobody's.</summary>
    public static Task<string?> OwnerAsync(DatabaseSession session, short provinceCode, byte[] credentialId, CancellationToken cancel) =>
        session.FindAsync<string>(Owner, new { provinceCode, credentialId }, cancel);

    /// <summary>False when the credential is registered already, for anybody.</summary>
    public static async Task<bool> AddAsync(DatabaseSession session, short provinceCode, StoredPasskey passkey, CancellationToken cancel) =>
        await session.ExecuteAsync(Add, new
        {
            provinceCode, passkey.UserName, passkey.CredentialId, passkey.PublicKey, passkey.SignCount, passkey.Transports, passkey.IsUserVerified, passkey.IsBackupEligible, passkey.IsBackedUp,
            passkey.AttestationObject, passkey.ClientData, passkey.Name, passkey.MadeAt,
        }, cancel) == 1;

    /// <summary>Keeps the authenticator's counter. False when it is not higher than the kept one (a copy of the authenticator, or an answer sent twice); a counter that stays 0 is of an authenticator without one.</summary>
    public static async Task<bool> UsedAsync(DatabaseSession session, short provinceCode, byte[] credentialId, long signCount, bool isBackedUp, Instant at, CancellationToken cancel) =>
        await session.ExecuteAsync(Used, new { provinceCode, credentialId, signCount, isBackedUp, at }, cancel) == 1;

    public static async Task<bool> RenameAsync(DatabaseSession session, short provinceCode, string userName, int passkeyNo, string name, CancellationToken cancel) =>
        await session.ExecuteAsync(Rename, new { provinceCode, userName, passkeyNo, name }, cancel) == 1;

    public static async Task<bool> RemoveAsync(DatabaseSession session, short provinceCode, string userName, int passkeyNo, Instant at, CancellationToken cancel) =>
        await session.ExecuteAsync(Remove, new { provinceCode, userName, passkeyNo, at }, cancel) == 1;

    /// <summary>Marks a challenge as answered. False when it was before: an answer counts once.</summary>
    public static async Task<bool> AnswerChallengeAsync(DatabaseSession session, short provinceCode, byte[] challengeHash, Instant at, CancellationToken cancel) =>
        await session.ExecuteAsync(Answer, new { provinceCode, challengeHash, at }, cancel) == 1;
}
