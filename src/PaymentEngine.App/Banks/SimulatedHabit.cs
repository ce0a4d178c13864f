using System.Collections.Frozen;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.App.Banks;

/// <summary>Which status reports (pain.002) the simulated bank sends.</summary>
public enum StatusHabit : byte
{
    /// <summary>An acknowledgement of the file, then PART with the rejected payments only.</summary>
    RejectsOnly,

    /// <summary>A status for each payment.</summary>
    PerItem,

    /// <summary>A status of the file, and of a batch that was refused as a whole; payments are never named.</summary>
    GroupOnly,

    /// <summary>No status report at all.</summary>
    None,
}

/// <summary>Which id the simulated bank gives back on its account messages.</summary>
public enum IdHabit : byte
{
    /// <summary>EndToEndId and InstrId, and the remittance text that begins with our id.</summary>
    All,
    InstructionId,
    Uetr,

    /// <summary>Our id somewhere inside the text, glued and in a bank's own words.</summary>
    Text,

    /// <summary>The bank's own reference, which it has told us once in a status of the payment or in its debit.</summary>
    BankReference,
}

/// <summary>How the simulated bank says why.</summary>
public enum ReasonHabit : byte { Codes, OwnCodes, Text, TextWithAccents, TextWithFaults }

/// <summary>In which characters the simulated bank writes.</summary>
public enum EncodingHabit : byte { Utf8, Utf8WithMark, Utf16, Latin1, Windows1252 }

/// <summary>What the simulated bank wraps around a message.</summary>
public enum EnvelopeHabit : byte { None, BusinessHeader, Soap }

/// <summary>How one bank is used to answer. Every value has been met somewhere; together they are no bank's in particular.</summary>
public sealed record BankHabit
{
    public StatusHabit Status { get; init; } = StatusHabit.RejectsOnly;

    /// <summary>Reports settled payments as ACSC; otherwise its last word about a payment is ACSP.</summary>
    public bool SettledSent { get; init; }

    /// <summary>One debit a payment instead of one a batch.</summary>
    public bool SingleDebits { get; init; }

    /// <summary>Sends booked statements (camt.053).</summary>
    public bool Statements { get; init; } = true;

    /// <summary>Sends notifications (camt.054).</summary>
    public bool Notifications { get; init; } = true;

    /// <summary>The statement shows totals only; the payments of a booking stand in the notification.</summary>
    public bool DetailsInNotification { get; init; }

    /// <summary>Passes on the pacs.004 by which the payee's bank sent a payment back.</summary>
    public bool PassesReturnsOn { get; init; }
    public IdHabit Id { get; init; }
    public ReasonHabit Reasons { get; init; }

    /// <summary>Version of pain.002: 3, 10 or 14.</summary>
    public int ReportVersion { get; init; } = 10;

    /// <summary>Version of camt.052, .053 and .054: 2, 8 or 13.</summary>
    public int AccountVersion { get; init; } = 8;
    public EncodingHabit Encoding { get; init; }
    public EnvelopeHabit Envelope { get; init; }

    /// <summary>Gives its answers as result lists in the columns of <see cref="ResultList"/>.</summary>
    public bool SendsResultList { get; init; }

    /// <summary>The columns of its result lists; null when it has none.</summary>
    public ResultListLayout? ResultList { get; init; }

    /// <summary>The bank's own codes and phrases, by the code of the external lists that they mean; empty: those that the simulation knows.</summary>
    public FrozenDictionary<string, string> OwnCodes { get; init; } = FrozenDictionary<string, string>.Empty;
    public FrozenDictionary<string, string> OwnPhrases { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>How statements write the payer's account.</summary>
    public StatementAccountForm AccountForm { get; init; } = StatementAccountForm.AsIs;

    /// <summary>What a bank with this profile does.</summary>
    public static BankHabit Of(BankProfile profile) => new()
    {
        Status = profile.StatusLevels.Count == 0 ? StatusHabit.None : !profile.StatusLevels.Contains(StatusLevel.Transaction) ? StatusHabit.GroupOnly
            : profile.SilenceInPartMeansAccepted ? StatusHabit.RejectsOnly : StatusHabit.PerItem,
        SettledSent = profile.SettledStatusSent,
        SingleDebits = !profile.BatchBooking,
        Statements = profile.SendsStatements,
        Notifications = profile.SendsNotifications,
        Id = profile.IdsGivenBack.Contains(GivenBackId.EndToEndId) || profile.IdsGivenBack.Count == 0 ? IdHabit.All : profile.IdsGivenBack[0] switch
        {
            GivenBackId.InstrId => IdHabit.InstructionId,
            GivenBackId.Uetr => IdHabit.Uetr,
            GivenBackId.Text => IdHabit.Text,
            _ => IdHabit.BankReference,
        },
        Reasons = profile.ProprietaryCodes.Count > 0 ? ReasonHabit.OwnCodes : profile.ReturnPhrases.Count > 0 ? ReasonHabit.Text : ReasonHabit.Codes,
        OwnCodes = profile.ProprietaryCodes.GroupBy(pair => pair.Value, StringComparer.Ordinal).ToFrozenDictionary(group => group.Key, group => group.Select(pair => pair.Key).Order(StringComparer.Ordinal).First(), StringComparer.Ordinal),
        OwnPhrases = profile.ReturnPhrases.GroupBy(phrase => phrase.Code, StringComparer.Ordinal).ToFrozenDictionary(group => group.Key, group => group.First().Phrase, StringComparer.Ordinal),
        Envelope = profile.Envelope == EnvelopeKind.Head001 ? EnvelopeHabit.BusinessHeader : EnvelopeHabit.None,
        AccountForm = profile.StatementAccountForm,
        ResultList = profile.Results,
        SendsResultList = profile.Results is not null && profile.StatusLevels.Count == 0,
    };

    /// <summary>Whether it can say of a single payment that it was refused; a bank that cannot pays it back instead.</summary>
    public bool NamesRejected => SendsResultList || Status is StatusHabit.RejectsOnly or StatusHabit.PerItem;

    /// <summary>The words of <c>--habit</c>: each sets one aspect, and no two words of one aspect go together.</summary>
    static readonly (string Word, string Aspect, Func<BankHabit, BankHabit> Set)[] Words =
    [
        ("rejects-only", "status", habit => habit with { Status = StatusHabit.RejectsOnly }),
        ("item-status", "status", habit => habit with { Status = StatusHabit.PerItem }),
        ("group-status", "status", habit => habit with { Status = StatusHabit.GroupOnly }),
        ("no-status", "status", habit => habit with { Status = StatusHabit.None }),
        ("result-list", "status", habit => habit with { Status = StatusHabit.None, Statements = false, Notifications = false, SendsResultList = true }),
        ("settled", "settled", habit => habit with { SettledSent = true }),
        ("never-settled", "settled", habit => habit with { SettledSent = false }),
        ("batch-debit", "debit", habit => habit with { SingleDebits = false }),
        ("single-debits", "debit", habit => habit with { SingleDebits = true }),
        ("no-statements", "statements", habit => habit with { Statements = false }),
        ("no-notifications", "notifications", habit => habit with { Notifications = false }),
        ("details-in-notification", "notifications", habit => habit with { Notifications = true, DetailsInNotification = true }),
        ("pacs004", "pacs004", habit => habit with { PassesReturnsOn = true }),
        ("id-all", "id", habit => habit with { Id = IdHabit.All }),
        ("id-instr", "id", habit => habit with { Id = IdHabit.InstructionId }),
        ("id-uetr", "id", habit => habit with { Id = IdHabit.Uetr }),
        ("id-text", "id", habit => habit with { Id = IdHabit.Text }),
        ("id-reference", "id", habit => habit with { Id = IdHabit.BankReference }),
        ("codes", "reasons", habit => habit with { Reasons = ReasonHabit.Codes }),
        ("own-codes", "reasons", habit => habit with { Reasons = ReasonHabit.OwnCodes }),
        ("text", "reasons", habit => habit with { Reasons = ReasonHabit.Text }),
        ("text-accents", "reasons", habit => habit with { Reasons = ReasonHabit.TextWithAccents }),
        ("text-faults", "reasons", habit => habit with { Reasons = ReasonHabit.TextWithFaults }),
        ("versions-2009", "versions", habit => habit with { ReportVersion = 3, AccountVersion = 2 }),
        ("versions-2019", "versions", habit => habit with { ReportVersion = 10, AccountVersion = 8 }),
        ("versions-2024", "versions", habit => habit with { ReportVersion = 14, AccountVersion = 13 }),
        ("utf-8", "encoding", habit => habit with { Encoding = EncodingHabit.Utf8 }),
        ("utf-8-mark", "encoding", habit => habit with { Encoding = EncodingHabit.Utf8WithMark }),
        ("utf-16", "encoding", habit => habit with { Encoding = EncodingHabit.Utf16 }),
        ("latin-1", "encoding", habit => habit with { Encoding = EncodingHabit.Latin1 }),
        ("windows-1252", "encoding", habit => habit with { Encoding = EncodingHabit.Windows1252 }),
        ("bare", "envelope", habit => habit with { Envelope = EnvelopeHabit.None }),
        ("head001", "envelope", habit => habit with { Envelope = EnvelopeHabit.BusinessHeader }),
        ("soap", "envelope", habit => habit with { Envelope = EnvelopeHabit.Soap }),
    ];

    /// <summary>A bank that names what it rejects, books a batch in one sum, gives all ids back and uses the codes of the external lists.</summary>
    public static BankHabit Usual => new();

    /// <summary>All words, for help and refusals.</summary>
    public static string WordList => string.Join('|', Words.Select(one => one.Word));

    /// <summary>The habit with some words said about it.</summary>
    /// <param name="text">Words with commas between them; empty changes nothing.</param>
    /// <returns><c>usage.habit</c> for an unknown word and for two words about one aspect.</returns>
    public Result<BankHabit> With(string text)
    {
        var habit = this;
        var said = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var found = Words.FirstOrDefault(one => one.Word == word);
            if (found.Word is null) return new Problem("usage.habit", $"'{word}' is no habit.", $"Use some of {WordList}, with commas between them.");
            if (!said.TryAdd(found.Aspect, word)) return new Problem("usage.habit", $"'{said[found.Aspect]}' and '{word}' do not go together.", "A bank has one habit of each kind; name one of the two.");
            habit = found.Set(habit);
        }

        return habit;
    }
}
