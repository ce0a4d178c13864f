using Microsoft.AspNetCore.Html;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;

namespace PaymentEngine.App.Web.Pictures;

/// <summary>A step of a flow: its name, how many stand there, their sum.</summary>
/// <param name="IsHere">Something stands there now.</param>
public readonly record struct FlowStep(string Name, string Count, string Sum, bool IsHere);

/// <summary>A bar of a chart.</summary>
/// <param name="Value">Its length, in the unit all bars share.</param>
/// <param name="Says">The value in words.</param>
/// <param name="Colour">One of <see cref="Svg"/>.</param>
public readonly record struct ChartBar(string Name, long Value, string Says, string Colour);

/// <summary>The few kinds of drawings there are: a flow of steps, bars, a bridge between two sums.</summary>
static class Drawings
{
    const int StepWidth = 150, StepGap = 26, StepHeight = 78, PerRow = 4;
    const int BarHeight = 22, BarGap = 10, BarName = 230, BarRoom = 330, BarSays = 220;

    /// <summary>Steps in their order, four a row.</summary>
    public static IHtmlContent Flow(string name, IReadOnlyList<FlowStep> steps)
    {
        var rows = (steps.Count + PerRow - 1) / PerRow;
        var svg = new Svg((StepWidth + StepGap) * Math.Min(PerRow, steps.Count) - StepGap + 2, rows * (StepHeight + StepGap) - StepGap + 2, name);
        for (var i = 0; i < steps.Count; i++)
        {
            var (x, y, step) = (1 + i % PerRow * (StepWidth + StepGap), 1 + i / PerRow * (StepHeight + StepGap), steps[i]);
            svg.Box(x, y, StepWidth, StepHeight, step.IsHere ? Svg.Deed : Svg.Paper, Svg.Line);
            var ink = step.IsHere ? Svg.Paper : Svg.Ink;
            svg.Text(x + 10, y + 22, step.Name, ink, bold: true).Text(x + 10, y + 44, step.Count, ink).Text(x + 10, y + 64, step.Sum, ink);
            if (i + 1 < steps.Count && i % PerRow < PerRow - 1) svg.Arrow(x + StepWidth + 2, y + StepHeight / 2, x + StepWidth + StepGap - 2);
        }

        return svg.End();
    }

    /// <summary>Bars below one another, the longest as long as there is room.</summary>
    public static IHtmlContent Bars(string name, IReadOnlyList<ChartBar> bars)
    {
        var longest = Math.Max(1, bars.Count == 0 ? 1 : bars.Max(bar => Math.Abs(bar.Value)));
        var svg = new Svg(BarName + BarRoom + BarSays, Math.Max(1, bars.Count) * (BarHeight + BarGap), name);
        for (var i = 0; i < bars.Count; i++)
        {
            var y = i * (BarHeight + BarGap) + BarGap / 2;
            var width = Width(Math.Abs(bars[i].Value), longest);
            svg.Text(BarName - 10, y + 16, bars[i].Name, anchor: "end").Box(BarName, y, width, BarHeight, bars[i].Colour).Text(BarName + width + 8, y + 16, bars[i].Says);
        }

        return svg.End();
    }

    /// <summary>From one sum to another by what was added and taken away: each bar begins where the one before ended.</summary>
    /// <param name="name">What it shows.</param>
    /// <param name="before">Where it begins, with its sum.</param>
    /// <param name="moves">What was added (above zero) or taken away.</param>
    /// <param name="after">Where it ends: the first sum and all moves.</param>
    public static IHtmlContent Bridge(string name, (string Name, Vnd Sum) before, IReadOnlyList<(string Name, Vnd Sum)> moves, (string Name, Vnd Sum) after)
    {
        // The sums are large and the moves small: the axis begins a little below the lowest point, as the name of the picture says.
        var (at, low, high) = (before.Sum.Amount, Math.Min(before.Sum.Amount, after.Sum.Amount), Math.Max(before.Sum.Amount, after.Sum.Amount));
        foreach (var (_, sum) in moves)
        {
            at += sum.Amount;
            (low, high) = (Math.Min(low, at), Math.Max(high, at));
        }

        var floor = Math.Max(0, low - Math.Max(1, (high - low) / 2));
        var svg = new Svg(BarName + BarRoom + BarSays, (moves.Count + 2) * (BarHeight + BarGap), name);
        at = before.Sum.Amount;
        Draw(0, before.Name, floor, at, Svg.Deed, ViText.Money(before.Sum));
        for (var i = 0; i < moves.Count; i++)
        {
            var next = at + moves[i].Sum.Amount;
            Draw(i + 1, moves[i].Name, Math.Min(at, next), Math.Max(at, next), moves[i].Sum.Amount < 0 ? Svg.Wait : Svg.Good, ViText.Signed(moves[i].Sum.Amount) + " ₫");
            at = next;
        }

        Draw(moves.Count + 1, after.Name, floor, after.Sum.Amount, Svg.Deed, ViText.Money(after.Sum));
        return svg.End();

        void Draw(int row, string label, long from, long to, string colour, string says)
        {
            var y = row * (BarHeight + BarGap) + BarGap / 2;
            var x = BarName + Width(from - floor, high - floor);
            var end = BarName + Width(to - floor, high - floor);
            svg.Text(BarName - 10, y + 16, label, anchor: "end").Box(x, y, Math.Max(2, end - x), BarHeight, colour).Text(Math.Max(end, x + 2) + 8, y + 16, says);
        }
    }

    /// <summary>So many of the units there are; a value above zero is seen.</summary>
    static int Width(long value, long of) => value <= 0 ? 0 : (int)Int128.Max(2, (Int128)value * BarRoom / Math.Max(1, of));
}
