using System.Globalization;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages.Spreadsheets;

namespace PaymentEngine.Messages;

/// <summary>One row of routes.csv: an account of a payer and what it pays.</summary>
/// <param name="Profile">Id of the profile its files follow; null: that of the debtor's bank.</param>
public sealed record RouteRow(
    string PayerCode, short Place, IReadOnlyList<Programme> Programmes, IReadOnlyList<string> CreditorBins, Vnd? AmountFrom, Vnd? AmountTo, PaymentChannel? Channel, string? Profile, string DebtorBin,
    AccountNumber Account, string AccountName, string? CustomerNo, LocalDate? ValidFrom, LocalDate? ValidTo, int Line);

/// <summary>Reads routes.csv (also as a workbook): which account of a payer pays which creditor banks, by amount and channel. Columns: schemas/import/routes.md.</summary>
public static class RoutesFile
{
    const int ProblemsMax = 200;
    const long AmountMax = 999_999_999_999;
    static readonly string[] Required = ["payer_code", "place", "debtor_bank_bin", "debtor_account_no", "debtor_account_name"];
    static readonly string[] Columns = [.. Required, "programmes", "creditor_banks", "amount_from_vnd", "amount_to_vnd", "channel", "profile", "customer_no", "valid_from", "valid_to"];
    static readonly Dictionary<string, Programme> Programmes = new(StringComparer.Ordinal) { ["NCC"] = Programme.Ncc, ["BTXH"] = Programme.Btxh, ["HTXH"] = Programme.Htxh, ["KHAC"] = Programme.Khac };
    static readonly Dictionary<string, PaymentChannel> Channels = new(StringComparer.Ordinal)
    { ["inside"] = PaymentChannel.Inside, ["low_value"] = PaymentChannel.LowValue, ["high_value"] = PaymentChannel.HighValue, ["instant"] = PaymentChannel.Instant };

    /// <returns>All rows; or every fault with its line and column: <c>column.missing</c>, <c>column.unknown</c>, <c>route.cell</c>, <c>route.twice</c>.</returns>
    public static Result<IReadOnlyList<RouteRow>> Read(Stream seekable, string file)
    {
        var problems = new List<Problem>();
        var rows = new List<RouteRow>();
        Dictionary<string, int>? places = null;
        var kind = SheetReader.KindOf(seekable, file) ?? SheetKind.Text;
        var unreadable = SheetReader.Read(seekable, kind, null, row =>
        {
            if (row.IsEmpty) return true;
            if (places is null)
            {
                places = [];
                for (var at = 0; at < row.Cells.Count; at++)
                {
                    var title = row[at].Text.ToLowerInvariant();
                    if (title.Length == 0) continue;
                    if (!Columns.Contains(title)) Add("column.unknown", row.Line, row[at].Text, "is no column of routes.csv", $"Columns: {string.Join(", ", Columns)}.");
                    else if (!places.TryAdd(title, at)) Add("column.twice", row.Line, title, "stands there twice", "Keep one of the two.");
                }

                foreach (var missing in Required.Where(one => !places.ContainsKey(one))) Add("column.missing", row.Line, missing, "is missing", "Add it; see schemas/import/routes.md.");
                return problems.Count == 0;
            }

            if (new Cells(row, places, Add).Read() is { } read)
            {
                if (rows.Find(other => other.PayerCode == read.PayerCode && other.Place == read.Place) is { } twice) Add("route.twice", row.Line, "place", $"{read.Place} of payer {read.PayerCode} stands on line {twice.Line} too", "Give each route of a payer its own place.");
                else rows.Add(read);
            }

            return problems.Count < ProblemsMax;
        });
        if (unreadable is not null) return unreadable.In(file);
        if (problems.Count == 0 && rows.Count == 0) return new Problem("file.empty", "The file has no route.", "Give a row for each account a payer pays from.").In(file);
        return problems.Count > 0 ? Result<IReadOnlyList<RouteRow>>.Refuse([.. problems.Select(problem => problem.In(file, problem.At?.Line, problem.At?.Column))]) : rows;

        void Add(string code, int line, string column, string what, string remedy)
        {
            if (problems.Count < ProblemsMax) problems.Add(new Problem(code, $"Column \"{column}\" {what}.", remedy).In(file, line, column));
        }
    }

    sealed class Cells(SheetRow row, Dictionary<string, int> places, Action<string, int, string, string, string> add)
    {
        bool isBad;

        public RouteRow? Read()
        {
            var payer = Text("payer_code", required: true) ?? "";
            var place = (short)(Number("place", 1, 200) ?? 0);
            if (Text("place", required: true) is null) isBad = true;
            var bin = Text("debtor_bank_bin", required: true) ?? "";
            if (bin.Length > 0 && BankDirectory.Find(bin) is null) Bad("debtor_bank_bin", $"holds '{bin}', which is no bank of law/banks.csv", "Write its NAPAS number of six figures.");
            AccountNumber account = default;
            if (Text("debtor_account_no", required: true) is { } number)
            {
                if (row[places["debtor_account_no"]].LostFigures) Bad("debtor_account_no", "is a number that has lost figures", "Keep accounts as text cells.");
                else if (!AccountNumber.Parse(number).TryGet(out account)) Bad("debtor_account_no", "is no account number", "Use 6 to 19 digits or capital letters, without spaces.");
            }

            var name = Text("debtor_account_name", required: true) ?? "";
            var profile = Text("profile");
            if (profile is not null && BankProfiles.Find(profile) is null) Bad("profile", $"holds '{profile}', which is no profile here", $"Profiles: {string.Join(", ", BankProfiles.All.Select(one => one.Id))}.");
            var (from, to) = (Number("amount_from_vnd", 1, AmountMax), Number("amount_to_vnd", 1, AmountMax));
            if (from > to) Bad("amount_to_vnd", "is below amount_from_vnd", "Exchange the two.");
            var (validFrom, validTo) = (Date("valid_from"), Date("valid_to"));
            if (validFrom > validTo) Bad("valid_to", "is before valid_from", "Exchange the two.");
            PaymentChannel? channel = null;
            if (Text("channel") is { } words)
            {
                if (Channels.TryGetValue(words, out var known)) channel = known;
                else Bad("channel", $"holds '{words}'", $"Write {string.Join(", ", Channels.Keys)}, or nothing.");
            }

            var programmes = List("programmes", text => Programmes.TryGetValue(text, out var known) ? known : (Programme?)null, $"Write {string.Join(", ", Programmes.Keys)} joined by ;");
            var creditors = List("creditor_banks", text => BankDirectory.Find(text) is null ? null : text, "Write NAPAS numbers joined by ;");
            return isBad ? null : new RouteRow(payer, place, [.. programmes.Select(one => one!.Value)], [.. creditors.Select(one => one!)], from is { } least ? new Vnd(least) : null, to is { } most ? new Vnd(most) : null, channel, profile, bin, account,
                name, Text("customer_no"), validFrom, validTo, row.Line);
        }

        string? Text(string column, bool required = false)
        {
            var text = places.TryGetValue(column, out var at) ? row[at].Text : "";
            if (text.Length == 0 && required) Bad(column, "is empty", "Fill it in.");
            return text.Length > 0 ? text : null;
        }

        long? Number(string column, long min, long max)
        {
            if (Text(column) is not { } text) return null;
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
            Bad(column, $"holds '{text}'", $"Write a whole number from {ViText.Count(min)} to {ViText.Count(max)}, digits only.");
            return null;
        }

        LocalDate? Date(string column)
        {
            if (Text(column) is not { } text) return null;
            if (row[places[column]].Day is { } day) return day;
            if (LocalDatePattern.Iso.Parse(text) is { Success: true } parsed) return parsed.Value;
            Bad(column, $"holds '{text}'", "Write a day as 2026-11-24.");
            return null;
        }

        List<T> List<T>(string column, Func<string, T> of, string remedy)
        {
            var found = new List<T>();
            foreach (var text in (Text(column) ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                if (of(text) is { } one) found.Add(one);
                else Bad(column, $"holds '{text}', which is not known", remedy);
            }

            return found;
        }

        void Bad(string column, string what, string remedy)
        {
            isBad = true;
            add("route.cell", row.Line, column, what, remedy);
        }
    }
}
