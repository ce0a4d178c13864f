using System.Globalization;
using System.Text;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Messages;

/// <summary>The rules of runs as a file: every field stands in it, nothing else does. All faults are told at once, each with its line (<c>run_rules.field</c>).</summary>
public static class RunRulesFile
{
    const string Pattern = "what payengine run rules show prints";
    const string Code = "run_rules.field";
    const long VndMax = 999_999_999_999_999;
    const int LevelsMax = 9;

    /// <summary>Reads a file.</summary>
    /// <param name="json">Its bytes.</param>
    /// <param name="file">Its name, for the places of faults.</param>
    /// <param name="roles">The roles a level can name.</param>
    public static Result<RunRules> Parse(ReadOnlySpan<byte> json, string file, IReadOnlyList<string> roles)
    {
        var parsed = LocatedJson.Parse(json, file, Pattern);
        if (!parsed.TryGet(out var root)) return Result<RunRules>.Refuse(parsed.Problems);
        var problems = new List<Problem>();
        var fields = JsonFields.Of(root, "", file, problems, Code, Pattern);
        var rules = new RunRules
        {
            Approvals = Levels(fields, roles),
            Outliers = new OutlierRules
            {
                JumpPercent = (int)fields.Number("jumpPercent", 1, 100_000),
                JumpFrom = new Vnd(fields.Number("jumpFromVnd", 0, VndMax)),
                Caps = Caps(fields),
                ArrearsMonthsMax = (int)fields.Number("arrearsMonthsMax", 0, 600),
                SharedAccountWarn = (int)fields.Number("sharedAccountWarn", 1, 100_000),
                SharedAccountMax = (int)fields.Number("sharedAccountMax", 1, 100_000),
                UnrelatedAccountFrom = (int)fields.Number("unrelatedAccountFrom", 2, 100_000),
                VerifiedAccountsOnly = fields.Flag("verifiedAccountsOnly"),
            },
            CheckedByAnother = fields.Flag("checkedByAnother"),
            PreviousMustBeClosed = fields.Flag("previousMustBeClosed"),
            ReleasedByTwo = Reasons(fields),
            HoldDays = (int)fields.Number("holdDays", 1, 60),
        };
        fields.EndUnknown();
        if (problems.Count == 0 && rules.Outliers.SharedAccountMax < rules.Outliers.SharedAccountWarn)
            fields.Refuse("sharedAccountMax", "is less than sharedAccountWarn", "Nobody would be told of an account whose payments are held already: let it be at least as great.");
        return problems.Count == 0 ? rules : Result<RunRules>.Refuse(problems);
    }

    /// <summary>Writes rules as the file they could have come from; the same rules are the same text.</summary>
    public static string Write(RunRules rules)
    {
        var text = new StringBuilder("{\n  \"approvals\": [");
        text.AppendJoin(',', rules.Approvals.Select(level => Line($"\n    {{ \"role\": \"{level.Role}\", \"fromVnd\": {level.From.Amount} }}"))).Append("\n  ],\n");
        var outliers = rules.Outliers;
        text.Append(Line($"  \"jumpPercent\": {outliers.JumpPercent},\n  \"jumpFromVnd\": {outliers.JumpFrom.Amount},\n  \"caps\": ["));
        text.AppendJoin(',', outliers.Caps.OrderBy(cap => cap.Key).Select(cap => Line($"\n    {{ \"programme\": \"{cap.Key}\", \"vnd\": {cap.Value.Amount} }}"))).Append(outliers.Caps.Count > 0 ? "\n  ],\n" : "],\n");
        text.Append(Line($"  \"arrearsMonthsMax\": {outliers.ArrearsMonthsMax},\n  \"sharedAccountWarn\": {outliers.SharedAccountWarn},\n  \"sharedAccountMax\": {outliers.SharedAccountMax},\n"));
        text.Append(Line($"  \"unrelatedAccountFrom\": {outliers.UnrelatedAccountFrom},\n  \"verifiedAccountsOnly\": {(outliers.VerifiedAccountsOnly ? "true" : "false")},\n"));
        text.Append(Line($"  \"checkedByAnother\": {(rules.CheckedByAnother ? "true" : "false")},\n"));
        text.Append(Line($"  \"previousMustBeClosed\": {(rules.PreviousMustBeClosed ? "true" : "false")},\n  \"releasedByTwo\": ["));
        text.AppendJoin(", ", rules.ReleasedByTwo.Select(reason => $"\"{reason}\""));
        return text.Append(Line($"],\n  \"holdDays\": {rules.HoldDays}\n}}\n")).ToString();
    }

    static List<ApprovalLevel> Levels(JsonFields fields, IReadOnlyList<string> roles)
    {
        var levels = new List<ApprovalLevel>();
        var items = fields.Items("approvals");
        if (items.Count is 0 or > LevelsMax) fields.Refuse("approvals", $"has {items.Count} levels", $"Write 1 to {LevelsMax}; the first is needed by every run.");
        for (var i = 0; i < items.Count; i++)
        {
            var item = fields.Item("approvals", items[i], i + 1);
            var role = item.Text("role", 1, 40);
            var from = new Vnd(item.Number("fromVnd", 0, VndMax));
            item.EndUnknown();
            if (role.Length > 0 && !roles.Contains(role)) item.Refuse("role", $"is '{role}', which is no role", $"Write one of {string.Join(", ", roles)}.");
            if (i == 0 && !from.IsZero) item.Refuse("fromVnd", "of the first level is not 0", "No run goes without an approval.");
            if (i > 0 && from < levels[^1].From) item.Refuse("fromVnd", "is less than that of the level below", "A higher level is needed from the same sum or a greater one.");
            levels.Add(new ApprovalLevel(role, from));
        }

        return levels;
    }

    static Dictionary<Programme, Vnd> Caps(JsonFields fields)
    {
        var caps = new Dictionary<Programme, Vnd>();
        var items = fields.Items("caps");
        for (var i = 0; i < items.Count; i++)
        {
            var item = fields.Item("caps", items[i], i + 1);
            var programme = item.Choice<Programme>("programme");
            var cap = new Vnd(item.Number("vnd", 1, VndMax));
            item.EndUnknown();
            if (!caps.TryAdd(programme, cap)) item.Refuse("programme", $"names {programme} twice", "A programme has one cap.");
        }

        return caps;
    }

    static List<string> Reasons(JsonFields fields)
    {
        var reasons = new List<string>();
        foreach (var item in fields.Items("releasedByTwo"))
        {
            if (!HoldReasons.IsReleasable(item.Text)) fields.Refuse("releasedByTwo", item.Line, $"holds '{item.Text}'", $"Write any of {string.Join(", ", HoldReasons.All.Where(HoldReasons.IsReleasable))}.");
            else if (reasons.Contains(item.Text)) fields.Refuse("releasedByTwo", item.Line, $"names '{item.Text}' twice", "Name it once.");
            else reasons.Add(item.Text);
        }

        return reasons;
    }

    static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
