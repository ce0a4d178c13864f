using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;

namespace PaymentEngine.App.Operations;

/// <summary>Whose words the parts of a received file are: of the bank that keeps the account of a statement, of the bank whose file a report is about.</summary>
sealed class BankVoices : IBankVoices
{
    static readonly BankTrust Unknown = BankTrust.Of(BankProfiles.Generic);

    readonly Dictionary<int, (byte[] AccountTag, string Bin, BankTrust Trust)> statements = [];
    readonly Dictionary<string, BankTrust> profiles = new(StringComparer.Ordinal);

    /// <summary>Statement numbers of the file whose account is one of ours.</summary>
    public bool Knows(int statementNo) => statements.ContainsKey(statementNo);

    public byte[]? AccountTagOf(int statementNo) => statements.TryGetValue(statementNo, out var known) ? known.AccountTag : null;

    public void Add(int statementNo, byte[] accountTag, string bin) => statements[statementNo] = (accountTag, bin, BankTrust.Of(BankProfiles.ForBank(bin)));

    public string BankOf(int statementNo) => statements.TryGetValue(statementNo, out var known) ? known.Bin : "";

    public BankTrust TrustOf(int statementNo) => statements.TryGetValue(statementNo, out var known) ? known.Trust : Unknown;

    public BankTrust TrustOf(OrderedFile? file)
    {
        if (file is null) return Unknown;
        if (!profiles.TryGetValue(file.Profile, out var trust)) profiles[file.Profile] = trust = BankTrust.Of(ReasonRules.ProfileOf(file.Profile));
        return trust;
    }
}
