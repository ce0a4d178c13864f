using PaymentEngine.App.Operations.Cases;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Operations;

/// <summary>How reasons are read for each bank: by the program's phrases, the bank profile's, and the rules that two persons made.</summary>
sealed class ReasonRules
{
    /// <summary>Confidence of a phrase of a bank profile, and of one that two persons decided.</summary>
    public const int ProfileConfidence = 95, DecidedConfidence = 97;

    static readonly Lazy<BankTexts> Plain = new(() => new BankTexts(CodeLists.BankTexts, CodeLists.ReasonPolicy));

    readonly List<StoredReasonRule> decided;
    readonly Dictionary<string, ReasonReading> readings = new(StringComparer.Ordinal);

    ReasonRules(List<StoredReasonRule> decided, CaseTerms terms) => (this.decided, Terms) = (decided, terms);

    /// <summary>In how many days what follows from a reason is to be done.</summary>
    public CaseTerms Terms { get; }

    public static ReasonPolicy Policy => CodeLists.ReasonPolicy;

    /// <summary>The reading by the program's own phrases.</summary>
    public static ReasonReading Program => new(Policy, Plain.Value, new Dictionary<string, string>());

    /// <summary>The rules as they stand in this session.</summary>
    public static async Task<ReasonRules> LoadAsync(DatabaseSession session, short provinceCode, CancellationToken cancel) =>
        new([.. (await ReasonStore.RulesAsync(session, provinceCode, cancel)).Where(rule => rule.Decision == "approved")], await Casework.TermsAsync(session, provinceCode, cancel));

    /// <summary>The reading of one bank's reasons, by the id of its profile. A later rule stands against an earlier one, a person's against the program's.</summary>
    public ReasonReading For(string profileId)
    {
        if (readings.TryGetValue(profileId, out var known)) return known;
        var profile = BankProfiles.Find(profileId) ?? BankProfiles.Generic;
        var here = decided.Where(rule => rule.Profile.Length == 0 || rule.Profile == profile.Id).ToList();
        var texts = profile.ReturnPhrases.Count == 0 && here.All(rule => rule.Kind != "text") ? Plain.Value
            : new BankTexts(
            [
                .. CodeLists.BankTexts,
                .. profile.ReturnPhrases.Select(one => new BankTextRule(one.Phrase, one.Code, ProfileConfidence, $"profile {profile.Id}")),
                .. here.Where(rule => rule.Kind == "text").Select(rule => new BankTextRule(rule.Said, rule.Code, DecidedConfidence, FormattableString.Invariant($"rule {rule.RuleNo}"))),
            ], Policy);
        var codes = new Dictionary<string, string>(profile.ProprietaryCodes, StringComparer.Ordinal);
        foreach (var rule in here.Where(rule => rule.Kind == "code")) codes[rule.Said] = rule.Code;
        return readings[profileId] = new ReasonReading(Policy, texts, codes);
    }

    public static BankProfile ProfileOf(string id) => BankProfiles.Find(id) ?? BankProfiles.Generic;
}
