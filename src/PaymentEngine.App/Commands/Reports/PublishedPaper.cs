using PaymentEngine.App.CommandLine;
using PaymentEngine.Core;
using PaymentEngine.Core.Reports;

namespace PaymentEngine.App.Commands.Reports;

/// <summary>What <c>report check</c> says of published figures.</summary>
static class PublishedPaper
{
    public static Answer Say(CommandContext context, IReadOnlyList<PublishedFigure> figures)
    {
        var checks = PublishedFigures.Check(figures);
        var unheld = figures.Where(figure => figure.Must.Count == 0 && checks.All(check => !check.Relation.Names.Contains(figure.Name))).ToList();
        var answer = Answer.Of(new
        {
            ties = checks.Count(check => check.Outcome == FigureOutcome.Ties), differ = checks.Count(check => check.Outcome == FigureOutcome.Differs), unknown = checks.Count(check => check.Outcome == FigureOutcome.Unknown),
            checks = checks.Select(check => new
            {
                figure = check.Figure.Name, line = check.Figure.Line, value = check.Figure.Value, unit = check.Figure.Unit.ToString().ToLowerInvariant(), must = check.Relation.ToString(), outcome = check.Outcome.ToString().ToLowerInvariant(), computed = check.Computed, missing = check.Missing,
                implied_low = check.Implied?.Low, implied_high = check.Implied?.High, would_be_share_of = check.OtherWholes, source = check.Figure.Source,
            }),
            not_held_against_anything = unheld.Select(figure => figure.Name),
        }, output =>
        {
            var table = new TextTable(new TextColumn(context.Text("Kết quả", "Outcome")), new TextColumn(context.Text("Dòng", "Line"), true), new TextColumn(context.Text("Số", "Figure")), new TextColumn(context.Text("Công bố", "Published"), true), new TextColumn(context.Text("Phải", "Must")), new TextColumn(context.Text("Tính được", "Computed"), true),
                new TextColumn(context.Text("Ghi chú", "Remark")));
            foreach (var check in checks)
                table.Row(Outcome(context, check.Outcome), ViText.Count(check.Figure.Line), check.Figure.Name, check.Figure.Value is { } value ? Number(value, check.Figure) : "–", check.Relation.ToString(), check.Computed is { } computed ? Number(computed, check.Figure) : "–", Remark(context, check));
            output.Table(table);
            output.Line(context.Text(
                $"{checks.Count(check => check.Outcome == FigureOutcome.Ties)} khớp, {checks.Count(check => check.Outcome == FigureOutcome.Differs)} không khớp, {checks.Count(check => check.Outcome == FigureOutcome.Unknown)} không kiểm tra được (có số chưa công bố).",
                $"{checks.Count(check => check.Outcome == FigureOutcome.Ties)} tie, {checks.Count(check => check.Outcome == FigureOutcome.Differs)} do not, {checks.Count(check => check.Outcome == FigureOutcome.Unknown)} cannot be checked (a number is not published)."));
            foreach (var figure in unheld) output.Line(context.Text($"  · {figure.Name} (dòng {figure.Line}) không được đối chiếu với gì.", $"  · {figure.Name} (line {figure.Line}) is held against nothing."));
        });
        return checks.Any(check => check.Outcome == FigureOutcome.Differs) ? answer with { Exit = ExitCode.Refused } : answer;
    }

    static string Outcome(CommandContext context, FigureOutcome outcome) => outcome switch
    {
        FigureOutcome.Ties => context.Text("khớp", "ties"),
        FigureOutcome.Differs => context.Text("KHÔNG KHỚP", "DOES NOT TIE"),
        _ => context.Text("không rõ", "unknown"),
    };

    static string Number(decimal value, PublishedFigure figure) => figure.Unit == FigureUnit.Percent ? ViText.Decimal(value, Math.Max(figure.Decimals, 1)) + " %" : ViText.Count((long)value);

    static string Remark(CommandContext context, FigureCheck check)
    {
        var words = new List<string>();
        if (check.Missing.Count > 0) words.Add(context.Text($"chưa công bố: {string.Join(", ", check.Missing)}", $"not published: {string.Join(", ", check.Missing)}"));
        if (check.Implied is { } implied)
            words.Add(implied.Low == implied.High ? context.Text($"{check.Missing[0]} phải là {ViText.Count((long)implied.Low)}", $"{check.Missing[0]} would be {ViText.Count((long)implied.Low)}")
                : context.Text($"{check.Missing[0]} phải từ {ViText.Count((long)implied.Low)} đến {ViText.Count((long)implied.High)}", $"{check.Missing[0]} would be {ViText.Count((long)implied.Low)} to {ViText.Count((long)implied.High)}"));
        if (check.Outcome == FigureOutcome.Differs && check.Relation.Over is null) words.Add(context.Text($"chênh {ViText.Signed((long)(check.Figure.Value!.Value - check.Computed!.Value))}", $"difference {ViText.Signed((long)(check.Figure.Value!.Value - check.Computed!.Value))}"));
        if (check.OtherWholes.Count > 0) words.Add(context.Text($"là {Number(check.Figure.Value!.Value, check.Figure)} của {string.Join(", ", check.OtherWholes)}", $"it is {Number(check.Figure.Value!.Value, check.Figure)} of {string.Join(", ", check.OtherWholes)}"));
        return string.Join("; ", words);
    }
}
