using System.Globalization;
using System.Text;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Reconciliation;

namespace PaymentEngine.Tests.House;

/// <summary>Draws docs/states.md from the tables of Core, so that the page cannot say anything else.</summary>
static class StatesPage
{
    public static string Draw()
    {
        var page = new StringBuilder();
        page.Append("# States\n\nDrawn by a test from Core (`AttemptLife`, `BankViews`, `Places`); do not edit by hand.\n\n## Our own steps\n\nStored where they happen: on the run, the file, the hand-over. An attempt carries no state column.\n\n```mermaid\nstateDiagram-v2\n    [*] --> Prepared\n");
        foreach (var step in Enum.GetValues<OwnStep>())
            foreach (var happened in Enum.GetValues<OwnEvent>())
                if (AttemptLife.Next(step, happened) is { } next) page.Append(CultureInfo.InvariantCulture, $"    {step} --> {next}: {happened}\n");
        page.Append("```\n\n| step | event | next |\n|---|---|---|\n");
        foreach (var step in Enum.GetValues<OwnStep>())
            foreach (var happened in Enum.GetValues<OwnEvent>())
                if (AttemptLife.Next(step, happened) is { } next) page.Append(CultureInfo.InvariantCulture, $"| {step} | {happened} | {next} |\n");

        page.Append("\nAny other pair cannot happen.\n\n## The bank's view\n\nA look-up by the set of the 16 kinds of evidence. Each single kind, and how many of the 65,536 sets lead to each view:\n\n| evidence alone | view |\n|---|---|\n");
        page.Append(CultureInfo.InvariantCulture, $"| none | {BankViews.Of(Evidence.None)} |\n");
        for (var bit = 0; bit < 16; bit++) page.Append(CultureInfo.InvariantCulture, $"| {(Evidence)(1 << bit)} | {BankViews.Of((Evidence)(1 << bit))} |\n");
        page.Append("\n| together | view |\n|---|---|\n");
        foreach (var set in (Evidence[])[Evidence.Accepted | Evidence.DebitBooked, Evidence.Rejected | Evidence.Accepted, Evidence.Rejected | Evidence.DebitBooked, Evidence.Rejected | Evidence.Settled,
            Evidence.Rejected | Evidence.DebitBooked | Evidence.ReturnBooked, Evidence.DebitBooked | Evidence.ReturnAnnounced, Evidence.DebitBooked | Evidence.ReturnBooked, Evidence.DebitBooked | Evidence.PartBooked,
            Evidence.ReturnBooked | Evidence.SecondReturn, Evidence.CancelledByBank | Evidence.DebitBooked, Evidence.DebitBooked | Evidence.SecondDebit])
            page.Append(CultureInfo.InvariantCulture, $"| {set} | {BankViews.Of(set)} |\n");
        page.Append("\n| view | sets |\n|---|---|\n");
        foreach (var view in Enum.GetValues<BankView>())
            page.Append(CultureInfo.InvariantCulture, $"| {view} | {Enumerable.Range(0, 65_536).Count(set => BankViews.Of((Evidence)set) == view)} |\n");

        page.Append("\n## The places of a listed đồng\n\n| no. | place | on screen |\n|---|---|---|\n");
        foreach (var (place, code, vi, _) in Places.All.Skip(1)) page.Append(CultureInfo.InvariantCulture, $"| {(int)place} | `{code}` | {vi} |\n");
        page.Append("\nListed = the sum of the eleven. Moves a posting may make:\n\n| from | to | because |\n|---|---|---|\n");
        foreach (var (from, to, cause) in Places.LegalMoves) page.Append(CultureInfo.InvariantCulture, $"| {from} | {to} | {cause} |\n");
        return page.ToString();
    }
}
