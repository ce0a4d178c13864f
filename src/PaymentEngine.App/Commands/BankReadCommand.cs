using System.CommandLine;
using System.Globalization;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine bank read FILE…</c>: what a bank's file holds. Needs no database.</summary>
static class BankReadCommand
{
    public static Command Create(CommandContext context)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = context.Text("Tệp ISO 20022: pain.002, camt.029, camt.052, camt.053, camt.054, pacs.002, pacs.004, camt.055, camt.056, pain.001; cả tệp nén gzip hoặc zip", "ISO 20022 files: pain.002, camt.029, camt.052, camt.053, camt.054, pacs.002, pacs.004, camt.055, camt.056, pain.001; gzip and zip too"),
            Arity = ArgumentArity.OneOrMore,
        };
        var profile = new Option<string?>("--profile") { HelpName = "ID", Description = context.Text("Danh sách kết quả của ngân hàng nào (mặc định: theo tiêu đề cột)", "Whose result list it is (default: by its titles)") };
        var read = new Command("read", context.Text("Xem tệp ngân hàng có gì, không ghi vào cơ sở dữ liệu", "See what a bank's file holds, without storing anything")) { files, profile };
        return read.Answers(context, (parse, cancel) =>
        {
            var schemas = context.Settings.Schemas.Value is { Length: > 0 } folder ? new SchemaFolder(folder) : null;
            return Task.FromResult(Answer.From(ResultLists.ProfileOf(parse.GetValue(profile)).Then(known => BankReading.Read(parse.GetRequiredValue(files), context.Files, schemas, cancel, known)), readings => Say(context, readings)));
        });
    }

    /// <summary>Always <c>files</c>; for a single file its members stand at the top too, so that a script need not unpack a list of one.</summary>
    static Answer Say(CommandContext context, IReadOnlyList<BankFileReading> readings)
    {
        var all = readings.Select(Json).ToArray();
        var json = new Dictionary<string, object?>(readings.Count == 1 ? all[0] : []) { ["files"] = all };
        return Answer.Of(json, output =>
        {
            var table = new TextTable(
                new TextColumn(context.Text("Tệp", "File")), new TextColumn(context.Text("Loại", "Message")), new TextColumn(context.Text("Đúng lược đồ", "Schema")),
                new TextColumn(context.Text("Bút toán", "Entries"), true), new TextColumn(context.Text("Giao dịch", "Transactions"), true),
                new TextColumn(context.Text("Ghi có", "Credits"), true), new TextColumn(context.Text("Ghi nợ", "Debits"), true),
                new TextColumn(context.Text("Hoàn trả", "Returns"), true), new TextColumn(context.Text("Từ chối", "Rejects"), true));
            foreach (var reading in readings)
            {
                var valid = reading.SchemaValid switch { true => context.Text("đúng", "valid"), false => context.Text("sai", "invalid"), null => "–" };
                var totals = reading.Totals;
                table.Row(Path.GetFileName(reading.File), Messages(reading), valid, ViText.Count(totals.Entries), ViText.Count(totals.Transactions),
                    Sums(totals, sum => sum.Credit), Sums(totals, sum => sum.Debit), ViText.Count(totals.Returns), ViText.Count(totals.Rejects));
            }

            output.Table(table);
            foreach (var reading in readings)
            {
                foreach (var finding in reading.Findings)
                {
                    output.Line(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(reading.File)}:{finding.Line}: {finding.Message} [{finding.Code}]"));
                }

                if (reading.Totals.FindingCount > reading.Totals.Findings.Count)
                    output.Line($"{Path.GetFileName(reading.File)}: " + context.Text($"còn {ViText.Count(reading.Totals.FindingCount - reading.Totals.Findings.Count)} điểm lạ khác", $"{ViText.Count(reading.Totals.FindingCount - reading.Totals.Findings.Count)} more findings"));
            }
        });
    }

    /// <summary>Each kind of message once, with how many there are of it.</summary>
    static string Messages(BankFileReading reading) => string.Join(", ", reading.Totals.Messages.GroupBy(message => message.Version, StringComparer.Ordinal)
        .Select(group => group.Count() == 1 ? group.Key : $"{group.Key} × {ViText.Count(group.Count())}"));

    static string Sums(BankFileTotals totals, Func<(decimal Credit, decimal Debit), decimal> side) =>
        string.Join(", ", totals.Sums.Select(sum => $"{ViText.Decimal(side(sum.Value), sum.Key == "VND" ? 0 : 2)} {sum.Key}"));

    static Dictionary<string, object?> Json(BankFileReading reading) => new()
    {
        ["file"] = reading.File,
        ["sha256"] = reading.Sha256,
        ["message"] = reading.Message,
        ["schema_valid"] = reading.SchemaValid,
        ["entries"] = reading.Totals.Entries,
        ["transactions"] = reading.Totals.Transactions,
        ["sums"] = reading.Totals.Sums.ToDictionary(sum => sum.Key, sum => new
        {
            credit = sum.Value.Credit.ToString(CultureInfo.InvariantCulture), debit = sum.Value.Debit.ToString(CultureInfo.InvariantCulture),
        }),
        ["returns"] = reading.Totals.Returns,
        ["rejects"] = reading.Totals.Rejects,
        ["rejects_by_level"] = new { file = reading.Totals.RejectedFiles, batch = reading.Totals.RejectedBatches, transaction = reading.Totals.RejectedTransactions },
        ["unknown_elements"] = reading.Totals.UnknownElements,
        ["finding_count"] = reading.Totals.FindingCount - reading.Totals.Findings.Count + reading.Findings.Count,
        ["messages"] = reading.Totals.Messages.Select(message => message.Version),
        ["findings"] = reading.Findings.Select(finding => new { code = finding.Code, message = finding.Message, line = finding.Line }),
    };
}
