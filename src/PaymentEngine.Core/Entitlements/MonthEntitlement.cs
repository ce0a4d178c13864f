using PaymentEngine.Core.Money;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Core.Entitlements;

/// <summary>Everything the register says of one person: every row of facts and awards, of any month and any day of recording.</summary>
public sealed record RegisterPerson(string PersonId, IReadOnlyList<PersonFacts> Facts, IReadOnlyList<Award> Awards)
{
    /// <summary>True when no row of the person names a spouse.</summary>
    public bool NamesNoSpouse => Facts.All(static row => row.SpouseId is null);

    /// <summary>The person as the spouse of somebody who names them: a marriage is mutual, though only one of the two rows may say so.</summary>
    public RegisterPerson MarriedTo(string spouseId) => this with { Facts = [.. Facts.Select(row => row with { SpouseId = spouseId })] };

    /// <summary>Funeral awards of other holders for a deceased whom a funeral award of this person names too: one of them is paid (<see cref="FuneralAwards"/>).
    /// The store refuses a second one when it is imported, so only files read without it can have any.</summary>
    public IReadOnlyList<Award> FuneralsOfOthers { get; init; } = [];
}

/// <summary>One component of one award that is due for one month.</summary>
/// <remarks>Component is the benefit_kind of the law files: tro_cap, phu_cap, phu_cap_dac_biet, nguoi_phuc_vu, tuat, tuat_nuoi_duong;
/// BTXH: tro_cap (own allowance), cham_soc (support for care, foster and household), nuoi_duong (facility); HTXH: tro_cap.
/// One-off and yearly sums: the benefit or programme code. PayeeRole says whose money it is.</remarks>
public readonly record struct DueComponent(string AwardId, Programme Programme, string Component, PayeeRole PayeeRole, Vnd Amount, Explanation Explanation)
{
    /// <summary>Due for this month alone (a lump sum, a yearly gift), not each month: its line is a one-off and the memory does not go on by itself.</summary>
    public bool IsOneOff { get; init; }
}

/// <summary>What is due to one person for one month. Components stand in the order of the awards in the register.</summary>
/// <remarks>Zero says why nothing is due; null when something is. "No rule" is an answer of its own (<see cref="NotDue.NoRule"/>).</remarks>
public sealed record MonthEntitlement(IReadOnlyList<DueComponent> Components, Explanation? Zero)
{
    public Vnd Total
    {
        get
        {
            var total = Vnd.Zero;
            foreach (var component in Components) total += component.Amount;
            return total;
        }
    }
}
