using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Payments;

/// <summary>One way money leaves the payer's account in a run: a programme through a channel. A batch holds payments of one route.</summary>
/// <param name="RouteNo">Number in the run, 1 to 12: the same route has the same number in every run.</param>
/// <param name="Profile">Id of the bank profile its files follow.</param>
/// <param name="CategoryPurpose">CtgyPurp/Cd of the batch.</param>
/// <param name="Purpose">Purp/Cd of each payment.</param>
/// <param name="ServiceLevel">SvcLvl/Cd: BOOK inside the payer's bank, NURG low value, URGP high value.</param>
public sealed record RunRoute(short RouteNo, Programme Programme, string Profile, string CategoryPurpose, string Purpose, string ServiceLevel);

/// <summary>The routes of a run and the choice among them, by creditor bank and amount (profile §5).</summary>
public static class RunRoutes
{
    /// <summary>From this sum on a payment between banks goes by the State Bank's high-value system (law/README §7).</summary>
    public static readonly Vnd HighValueFrom = new(500_000_000);

    /// <summary>Id of the bank profile used where the payer's bank has none of its own.</summary>
    public const string GenericProfile = "generic";

    const string SocialBenefit = "SSBE";

    static readonly string[] Levels = ["BOOK", "NURG", "URGP"];

    /// <summary>Every route of the programmes, in the order of their numbers.</summary>
    public static IReadOnlyList<RunRoute> Of(IEnumerable<Programme> programmes, string profile) =>
        [.. programmes.Order().SelectMany(programme => Levels.Select((level, at) => new RunRoute(Number(programme, at), programme, profile, SocialBenefit, PurposeOf(programme), level)))];

    /// <summary>The route of one payment.</summary>
    /// <param name="programme">The programme that pays.</param>
    /// <param name="debtorBin">NAPAS number of the payer's bank.</param>
    /// <param name="creditorBin">NAPAS number of the payee's bank.</param>
    /// <param name="amount">The sum paid.</param>
    public static short RouteNoOf(Programme programme, string debtorBin, string creditorBin, Vnd amount) =>
        Number(programme, creditorBin == debtorBin ? 0 : amount < HighValueFrom ? 1 : 2);

    static short Number(Programme programme, int level) => (short)((((int)programme - 1) * Levels.Length) + level + 1);

    // ISO external purpose codes (ExternalPurpose1Code): GWLT war victims and veterans under law, SSBE social security benefit, PENS pension.
    static string PurposeOf(Programme programme) => programme switch
    {
        Programme.Ncc => "GWLT",
        Programme.Htxh => "PENS",
        _ => SocialBenefit,
    };
}
