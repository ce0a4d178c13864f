using NodaTime;

namespace PaymentEngine.Core.Recipients.Accounts;

/// <summary>Why an account is looked upon with suspicion (cảnh báo rủi ro).</summary>
public enum AccountFlagKind : byte
{
    /// <summary>Somebody has reported a fraud.</summary>
    FraudReported = 1,

    /// <summary>On a list of the police.</summary>
    PoliceList,

    /// <summary>A bank or the State Bank warns.</summary>
    BankWarning,

    /// <summary>A court or an enforcement office has seized it.</summary>
    Seized,

    /// <summary>Whatever else, with its source.</summary>
    Other,
}

/// <summary>A risk flag on an account, from its first day to its last: it holds nothing before, nothing after, and nothing once it was ended (F25).</summary>
/// <param name="Source">The paper or list it comes from.</param>
/// <param name="ExpiresOn">The last day. A suspicion without an end would be a punishment without a judgment: whoever wants it longer flags anew.</param>
/// <param name="EndedOn">The day two people ended it before its time; null: it runs to its last day.</param>
public sealed record AccountFlag(AccountFlagKind Kind, string Source, LocalDate From, LocalDate ExpiresOn, LocalDate? EndedOn)
{
    /// <summary>The longest a flag runs: a year.</summary>
    public const int DaysMax = 366;

    public bool IsActive(LocalDate on) => on >= From && on <= ExpiresOn && !(EndedOn <= on);

    /// <summary>The flag by name, with source and last day, as a hold says it.</summary>
    public string Words => $"{AccountFlags.Word(Kind)}: {Source} ({ViText.Date(From)}–{ViText.Date(ExpiresOn)})";
}

/// <summary>The words of the kinds.</summary>
public static class AccountFlags
{
    public static IReadOnlyList<AccountFlagKind> All { get; } = Enum.GetValues<AccountFlagKind>();

    /// <summary>The stable word of a kind, as commands take it and the store keeps it.</summary>
    public static string Word(AccountFlagKind kind) => kind switch
    {
        AccountFlagKind.FraudReported => "fraud_reported", AccountFlagKind.PoliceList => "police_list", AccountFlagKind.BankWarning => "bank_warning", AccountFlagKind.Seized => "seized", _ => "other",
    };

    /// <summary>The kind of a word; null for a word that no kind has.</summary>
    public static AccountFlagKind? Find(string word) => All.Where(kind => Word(kind) == word).Select(kind => (AccountFlagKind?)kind).FirstOrDefault();
}
