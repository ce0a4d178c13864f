using System.Security.Cryptography;
using System.Text;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Payments;

/// <summary>The way a payment takes between banks.</summary>
public enum PaymentChannel : byte
{
    /// <summary>Both accounts at one bank.</summary>
    Inside = 1,

    /// <summary>Between banks, up to the profile's <see cref="BankProfile.LowValueMax"/>.</summary>
    LowValue,

    /// <summary>Between banks by the State Bank's high-value system.</summary>
    HighValue,

    /// <summary>Between banks at once, up to the same sum as low value. Only where a route asks for it.</summary>
    Instant,
}

/// <summary>One of a payer's accounts and what it pays. Conditions that are empty are always met.</summary>
/// <param name="Place">Routes are tried in this order, from 1; 0 is the payer's own account where it has no routes.</param>
/// <param name="CreditorBins">NAPAS numbers of the creditor banks it serves; empty: all.</param>
/// <param name="AmountFrom">The smallest and the largest payment it serves, both included.</param>
/// <param name="Channel">The only channel it serves, and by which it pays; null: whichever bank and sum ask for.</param>
/// <param name="DebtorBin">NAPAS number of the bank that holds the account.</param>
public sealed record PayerRoute(short Place, IReadOnlyList<Programme> Programmes, IReadOnlyList<string> CreditorBins, Vnd? AmountFrom, Vnd? AmountTo, PaymentChannel? Channel, string DebtorBin, BankProfile Profile);

/// <summary>One way money leaves a payer's account in a run: account, programme, channel. A batch holds payments of one route; numbers rise in the order of the cut.</summary>
/// <param name="RouteNo">Number in the run: the same account, programme and channel have the same number as long as the payer's routes stand.</param>
/// <param name="Place">The payer's route it belongs to; 0 is the payer's own account.</param>
/// <param name="CategoryPurpose">CtgyPurp/Cd of the batch.</param>
/// <param name="Purpose">Purp/Cd of each payment.</param>
/// <param name="ServiceLevel">SvcLvl/Cd by the profile; empty where it writes none.</param>
public sealed record RunRoute(short RouteNo, short Place, Programme Programme, BankProfile Profile, string CategoryPurpose, string Purpose, PaymentChannel Channel, string ServiceLevel);

/// <summary>Which of a payer's accounts pays a payment, and by which channel (profile §5). Frozen with the plan.</summary>
public sealed class RouteTable
{
    const int Channels = 4;
    const int Programmes = 4;
    readonly IReadOnlyList<PayerRoute> routes;
    readonly Func<string, string?> bicOf;
    readonly Func<string, bool> isReachedByName;

    /// <param name="routes">By place.</param>
    /// <param name="bicOf">The BIC of a bank by its NAPAS number: a profile that names banks by BIC cannot pay one without.</param>
    /// <param name="isReachedByName">Providers (wallets above all) that only a route reaches which names them, or whose account is there; null: none.</param>
    public RouteTable(IEnumerable<PayerRoute> routes, Func<string, string?> bicOf, Func<string, bool>? isReachedByName = null) =>
        (this.routes, this.bicOf, this.isReachedByName) = ([.. routes.OrderBy(route => route.Place)], bicOf, isReachedByName ?? (static _ => false));

    /// <summary>The table of a payer that has no routes: its own account pays everybody.</summary>
    public static RouteTable OfOwnAccount(string debtorBin, BankProfile profile, Func<string, string?> bicOf, Func<string, bool>? isReachedByName = null) =>
        new([new PayerRoute(0, [], [], null, null, null, debtorBin, profile)], bicOf, isReachedByName);

    /// <summary>Every route the payer's programmes can take, in the order of their numbers.</summary>
    public IReadOnlyList<RunRoute> Of(IEnumerable<Programme> programmes)
    {
        var wanted = programmes.Order().ToList();
        return [.. from route in routes
                   from programme in wanted
                   where route.Programmes.Count == 0 || route.Programmes.Contains(programme)
                   from channel in route.Channel is { } only ? [only] : new[] { PaymentChannel.Inside, PaymentChannel.LowValue, PaymentChannel.HighValue }
                   select new RunRoute(Number(route.Place, programme, channel), route.Place, programme, route.Profile, route.Profile.CategoryPurpose, PurposeOf(programme), channel, LevelOf(route.Profile, channel) ?? "")];
    }

    /// <summary>The number of the first route that serves a payment; null when none does: then it is held and a person completes the routes.</summary>
    /// <param name="programme">The programme that pays.</param>
    /// <param name="creditorBin">NAPAS number of the payee's bank.</param>
    /// <param name="amount">The sum paid.</param>
    public short? RouteNoOf(Programme programme, string creditorBin, Vnd amount)
    {
        foreach (var route in routes)
        {
            if (route.Programmes.Count > 0 && !route.Programmes.Contains(programme)) continue;
            if (route.CreditorBins.Count > 0 ? !route.CreditorBins.Contains(creditorBin) : route.DebtorBin != creditorBin && isReachedByName(creditorBin)) continue;
            if (amount < route.AmountFrom || amount > route.AmountTo || amount > route.Profile.PaymentMax) continue;
            if (route.Profile.CreditorAgent == AgentForm.Bic && bicOf(creditorBin) is null) continue;
            if (ChannelOf(route, creditorBin, amount) is { } channel) return Number(route.Place, programme, channel);
        }

        return null;
    }

    /// <summary>What approval binds of the routes: a hash over account, profile and codes of each.</summary>
    /// <param name="routes">Number, the route's own text, in the order of numbers.</param>
    public static byte[] Digest(IEnumerable<string> routes) => SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(routes.Select(route => route + "\n"))));

    static PaymentChannel? ChannelOf(PayerRoute route, string creditorBin, Vnd amount)
    {
        // Branch codes of payees are not in the register: a bank that wants them can be paid inside only.
        var inside = creditorBin == route.DebtorBin;
        if (!inside && route.Profile.CreditorAgent == AgentForm.BranchCode) return null;
        var fast = amount <= route.Profile.LowValueMax;
        var channel = inside ? PaymentChannel.Inside : fast ? PaymentChannel.LowValue : PaymentChannel.HighValue;
        return route.Channel switch
        {
            null => channel,
            PaymentChannel.Instant => !inside && fast ? PaymentChannel.Instant : null,
            PaymentChannel.HighValue => inside ? null : PaymentChannel.HighValue, // a small sum may take it too
            var only => only == channel ? channel : null,
        };
    }

    static string? LevelOf(BankProfile profile, PaymentChannel channel) => channel switch
    {
        PaymentChannel.Inside => profile.ServiceLevelInside,
        PaymentChannel.LowValue => profile.ServiceLevelLowValue,
        PaymentChannel.HighValue => profile.ServiceLevelHighValue,
        _ => profile.ServiceLevelInstant,
    };

    // The order of the cut: debtor account, then purpose, then channel.
    static short Number(short place, Programme programme, PaymentChannel channel) => (short)((((place * Programmes) + (int)programme - 1) * Channels) + (int)channel);

    // ISO external purpose codes (ExternalPurpose1Code): GWLT war victims and veterans under law, SSBE social security benefit, PENS pension.
    static string PurposeOf(Programme programme) => programme switch
    {
        Programme.Ncc => "GWLT",
        Programme.Htxh => "PENS",
        _ => "SSBE",
    };
}
