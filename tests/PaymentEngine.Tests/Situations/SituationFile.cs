using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Messages.LawFiles;

namespace PaymentEngine.Tests.Situations;

/// <summary>Reads a file of situations. README.md beside this file shows the form; a word it does not know is refused with its line.</summary>
sealed partial class SituationFile
{
    static readonly Dictionary<string, PayeeRole> Roles = new(StringComparer.Ordinal)
    {
        ["carer"] = PayeeRole.Carer, ["household"] = PayeeRole.Household, ["foster"] = PayeeRole.Foster, ["facility"] = PayeeRole.Facility, ["worshipper"] = PayeeRole.Worshipper,
    };

    static readonly HashSet<string> Components = [.. LawFiles.LoadEmbedded().Rates.Select(rate => rate.BenefitKind), .. LawFiles.LoadEmbedded().OneTimeBenefits.Select(benefit => benefit.BenefitCode),
        .. LawFiles.LoadEmbedded().Programmes.Select(programme => programme.ProgrammeCode)];

    static readonly HashSet<string> Reasons = [.. typeof(NotDue).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => ((Explanation)field.GetValue(null)!).Rule), NotDue.OnceFor(new YearMonth(2025, 1)).Rule];

    readonly string file;
    readonly List<Situation> situations = [];
    readonly Rows people = new(RegisterFileKind.People);
    readonly Rows awards = new(RegisterFileKind.Awards);
    readonly Rows paid = new(RegisterFileKind.Paid);
    readonly Rows local = new(RegisterFileKind.LocalStandards);
    readonly Rows recoupments = new(RegisterFileKind.Recoupments);
    int line;
    LocalDate? asOfOfFile;
    LocalDate? asOf;
    string? title;
    string? firstPerson;
    List<LegalCitation> law = [];
    SituationQuestion? question;
    int questionLine;
    List<ExpectedLine> expected = [];
    ExpectedZero? because;
    long? leftToRecoup;
    bool isEmptyOfPaid;

    SituationFile(string file) => this.file = file;

    /// <summary>All situations of a text.</summary>
    /// <exception cref="FormatException">A line the form does not know, or an amount that is not its arithmetic; the message starts with file and line.</exception>
    public static IReadOnlyList<Situation> Read(string file, IEnumerable<string> lines)
    {
        var reading = new SituationFile(file);
        foreach (var text in lines)
        {
            reading.line++;
            reading.Take(text);
        }

        reading.CloseQuestion();
        reading.CloseSituation();
        return reading.situations;
    }

    void Take(string text)
    {
        if (text.Trim().Length == 0 || text[0] == '#') return;
        if (text.StartsWith("== ", StringComparison.Ordinal))
        {
            CloseQuestion();
            CloseSituation();
            title = text[3..].Trim();
            asOf = asOfOfFile;
            return;
        }

        if (text[0] == ' ')
        {
            Expect(text.Trim());
            return;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) throw Refused("a line starts with ==, #, a word and a colon, or two blanks before an expected line");
        var (word, rest) = (text[..colon], text[(colon + 1)..].Trim());
        if (title is null && word != "as of") throw Refused("a situation starts with == and its title");
        switch (word)
        {
            case "as of":
                if (title is null) asOfOfFile = Day(rest);
                else asOf = Day(rest);
                break;
            case "law": law.AddRange(Law(rest)); break;
            case "people": Person(rest); break;
            case "awards": Award(rest); break;
            case "paid": Paid(rest); break;
            case "local": Local(rest); break;
            case "recoupments": Recoupment(rest); break;
            case "month": Ask(rest, isList: false); break;
            case "list": Ask(rest, isList: true); break;
            default: throw Refused($"'{word}' is no word of the form: as of, law, people, awards, paid, local, recoupments, month, list");
        }
    }

    /// <summary><c>p1, birth 1950-11-05, poverty poor</c></summary>
    void Person(string text)
    {
        if (question is not null) throw Refused("facts stand before the months");
        var cells = Cells(text);
        firstPerson ??= cells[0];
        var row = new Dictionary<string, string>(StringComparer.Ordinal) { ["person_id"] = cells[0], ["full_name"] = "Nguyễn Thị Mẫu", ["province_code"] = "40", ["commune_code"] = "17329" };
        Fill(row, cells.Skip(1), people);
        people.Add(row);
    }

    /// <summary><c>a1 of p1, BTXH k5a, decided_on 2015-03-20</c></summary>
    void Award(string text)
    {
        if (question is not null) throw Refused("facts stand before the months");
        var cells = Cells(text);
        var holder = cells[0].Split(" of ");
        var category = cells.Length > 1 ? cells[1].Split(' ') : [];
        if (holder.Length != 2 || category.Length != 2) throw Refused("an award is written 'a1 of p1, BTXH k5a, column value, …'");
        var row = new Dictionary<string, string>(StringComparer.Ordinal) { ["award_id"] = holder[0], ["person_id"] = holder[1], ["programme"] = category[0], ["category"] = category[1] };
        Fill(row, cells.Skip(2), awards);
        awards.Add(row);
    }

    /// <summary><c>a1 tro_cap 750000, 2026-07 to 2026-09</c>, or <c>nothing</c>: nothing was ever listed.</summary>
    void Paid(string text)
    {
        if (text == "nothing")
        {
            isEmptyOfPaid = true;
            return;
        }

        var match = PaidForm().Match(text);
        if (!match.Success) throw Refused("what was paid is written 'a1 tro_cap 750000, 2026-07 to 2026-09', or 'nothing'");
        var holder = awards.Values.FirstOrDefault(row => row["award_id"] == match.Groups["award"].Value) ?? throw Refused($"no award is called '{match.Groups["award"].Value}'");
        var last = Month(match.Groups["to"].Success ? match.Groups["to"].Value : match.Groups["from"].Value);
        for (var month = Month(match.Groups["from"].Value); month <= last; month = month.Plus(1))
        {
            paid.Add(new(StringComparer.Ordinal)
            {
                ["person_id"] = holder["person_id"], ["award_id"] = holder["award_id"], ["month"] = month.Text(),
                ["component"] = Component(match.Groups["component"].Value), ["amount_vnd"] = match.Groups["amount"].Value,
            });
        }
    }

    /// <summary><c>01 SOCIAL_PENSION 650000 from 2025-07-01</c></summary>
    void Local(string text)
    {
        var match = LocalForm().Match(text);
        if (!match.Success) throw Refused("a province's own standard is written '01 SOCIAL_PENSION 650000 from 2025-07-01 [to 2026-06-30]'");
        local.Add(new(StringComparer.Ordinal)
        {
            ["province_code"] = match.Groups["province"].Value, ["standard_code"] = match.Groups["code"].Value, ["amount_vnd"] = match.Groups["amount"].Value,
            ["valid_from"] = match.Groups["from"].Value, ["valid_to"] = match.Groups["to"].Value, ["source"] = "a resolution of the province", ["status"] = "verified-secondary",
        });
    }

    /// <summary><c>p1 152/QĐ, decided_on 2025-06-20, from_month 2025-07, monthly_vnd 100000</c></summary>
    void Recoupment(string text)
    {
        var cells = Cells(text);
        var who = cells[0].Split(' ');
        if (who.Length != 2) throw Refused("a decision on recoupment is written 'p1 152/QĐ, decided_on 2025-06-20, from_month 2025-07, monthly_vnd 100000'");
        var row = new Dictionary<string, string>(StringComparer.Ordinal) { ["person_id"] = who[0], ["decision_no"] = who[1] };
        Fill(row, cells.Skip(1), recoupments);
        recoupments.Add(row);
    }

    void Fill(Dictionary<string, string> row, IEnumerable<string> cells, Rows rows)
    {
        foreach (var cell in cells)
        {
            var space = cell.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0) throw Refused($"'{cell}' is no column and value");
            var column = cell[..space];
            if (!rows.Columns.Contains(column)) throw Refused($"'{column}' is no column of {rows.FileName}");
            row[column] = cell[(space + 1)..].Trim();
        }
    }

    /// <summary><c>2025-05 [to 2025-09] [of p2] [as of 2025-05-31]</c></summary>
    void Ask(string text, bool isList)
    {
        CloseQuestion();
        var match = QuestionForm().Match(text);
        if (!match.Success) throw Refused("a question is written '2025-05 [to 2025-09] [of p2] [as of 2025-05-31]'");
        var person = match.Groups["person"].Success ? match.Groups["person"].Value : firstPerson ?? throw Refused("no people stand before the month");
        if (people.Values.All(row => row["person_id"] != person)) throw Refused($"nobody is called '{person}'");
        var day = match.Groups["day"].Success ? Day(match.Groups["day"].Value) : asOf ?? throw Refused("no day of knowledge: write 'as of'");
        var month = Month(match.Groups["month"].Value);
        var last = match.Groups["last"].Success ? Month(match.Groups["last"].Value) : month;
        if (last < month || (isList && last > month)) throw Refused("a range goes from an earlier to a later month, and a list is of one month");
        (question, questionLine) = (new SituationQuestion(isList, month, last, person, day), line);
    }

    /// <summary><c>amount = arithmetic  component …  article</c>, <c>0 because …</c>, <c>left to recoup …</c></summary>
    void Expect(string text)
    {
        if (question is null) throw Refused("an expected line stands under a month or a list");
        if (text.StartsWith("0 because ", StringComparison.Ordinal))
        {
            var words = Columns(text["0 because ".Length..]);
            because = new ExpectedZero(Reason(words[0]), words.Length > 1 ? Law(words[1]) : []);
            return;
        }

        if (text.StartsWith("left to recoup ", StringComparison.Ordinal))
        {
            if (!question.Value.IsList) throw Refused("only a list leaves something to recoup");
            leftToRecoup = Checked(text["left to recoup ".Length..]);
            return;
        }

        var columns = Columns(text);
        if (columns.Length is < 2 or > 3) throw Refused("an expected line is 'amount = arithmetic  component  article', with two blanks between");
        var words2 = columns[1].Split(' ');
        string? award = null;
        var (role, kind, month) = (PayeeRole.Self, "regular", (YearMonth?)null);
        for (var i = 1; i < words2.Length; i++)
        {
            var next = i + 1 < words2.Length ? words2[i + 1] : "";
            if (words2[i] == "to" && Roles.TryGetValue(next, out role)) i++;
            else if (words2[i] is "arrears" or "recoupment")
            {
                (kind, month) = (words2[i], Month(next));
                i++;
            }
            else if (words2[i] == "one_off") kind = "one_off";
            else if (awards.Values.Any(row => row["award_id"] == words2[i])) award = words2[i];
            else throw Refused($"'{words2[i]}' is neither an award, 'to carer', 'arrears 2026-07', 'recoupment 2026-07' nor 'one_off'");
        }

        expected.Add(new ExpectedLine(text, Checked(columns[0]), Component(words2[0]), award, role, kind, month, columns.Length > 2 ? Law(columns[2]) : []));
    }

    /// <summary>The amount, when it is what its arithmetic says.</summary>
    /// <remarks>'=' is exact; '≈' is rounded to thousands; the word table stands for a row of an appendix, which has no arithmetic.</remarks>
    long Checked(string text)
    {
        var match = AmountForm().Match(text);
        if (!match.Success) throw Refused("an amount is written '1250000 = 2.5 × 500000', '8209000 ≈ 7601000 × 1.08' or '7601000 = table'");
        var amount = decimal.Parse(match.Groups["amount"].Value.Replace('−', '-'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (match.Groups["how"].Value == "table" || !match.Groups["how"].Success) return (long)amount;
        decimal value;
        try
        {
            value = Arithmetic.Value(match.Groups["how"].Value);
        }
        catch (FormatException broken)
        {
            throw Refused(broken.Message);
        }

        if (match.Groups["sign"].Value == "≈") value = Arithmetic.ToThousands(value);
        return value == amount ? (long)amount : throw Refused($"{match.Groups["how"].Value} is {value.ToString(CultureInfo.InvariantCulture)}, not {match.Groups["amount"].Value}");
    }

    void CloseQuestion()
    {
        if (question is not { } asked) return;
        if (expected.Count == 0 && because is null) throw Refused("a month without an expected line", questionLine);
        if (expected.Count > 0 && because is not null) throw Refused("a month has expected lines or a reason for zero, not both", questionLine);
        var register = new SituationRegister(people.ToCsv(), awards.ToCsv(), paid.IsEmpty && !isEmptyOfPaid ? null : paid.ToCsv(), local.IsEmpty ? null : local.ToCsv(),
            recoupments.IsEmpty ? null : recoupments.ToCsv());
        if (law.Count == 0) throw Refused("no law line says what the situation shows", questionLine);
        situations.Add(new Situation(file, questionLine, title!, law, register, asked, expected, because, leftToRecoup));
        (question, expected, because, leftToRecoup) = (null, [], null, null);
    }

    void CloseSituation()
    {
        if (title is null) return;
        if (situations.Count == 0 || situations[^1].Title != title) throw Refused($"the situation '{title}' asks for no month");
        foreach (var rows in (Rows[])[people, awards, paid, local, recoupments]) rows.Clear();
        (title, firstPerson, law, isEmptyOfPaid) = (null, null, [], false);
    }

    List<LegalCitation> Law(string text)
    {
        if (LegalCitations.UnknownActs(text).FirstOrDefault() is { } unknown) throw Refused($"'{unknown}' is no act the situations know");
        var found = LegalCitations.Find(text);
        if (found.Count == 0 || found.Any(citation => citation.Act is null)) throw Refused($"'{text}' does not name an act and an article");
        return found;
    }

    string Component(string word) => Components.Contains(word) ? word : throw Refused($"'{word}' is no benefit_kind or benefit_code of the law files");

    string Reason(string words)
    {
        var rule = "not_due." + words.Replace(' ', '_');
        if (Reasons.Contains(rule)) return rule;
        if (words.StartsWith("missing ", StringComparison.Ordinal)) return "not_due.missing." + words["missing ".Length..];
        throw Refused($"'{words}' is no reason: {string.Join(", ", Reasons.Select(known => known["not_due.".Length..].Replace('_', ' ')).Order(StringComparer.Ordinal))}, missing COLUMN");
    }

    static string[] Cells(string text) => [.. text.Split(',').Select(cell => cell.Trim())];

    static string[] Columns(string text) => [.. TwoBlanks().Split(text).Select(column => column.Trim()).Where(column => column.Length > 0)];

    YearMonth Month(string text) => Months.Parse(text) is { IsOk: true } month ? month.Value : throw Refused($"'{text}' is no month");

    LocalDate Day(string text) => LocalDatePattern.Iso.Parse(text) is { Success: true } day ? day.Value : throw Refused($"'{text}' is no day");

    FormatException Refused(string why, int? at = null) => new($"{file}:{at ?? line}: {why}.");

    [GeneratedRegex(@"^(?<award>\S+) (?<component>\S+) (?<amount>\d+), (?<from>\d{4}-\d\d)( to (?<to>\d{4}-\d\d))?$", RegexOptions.CultureInvariant)]
    private static partial Regex PaidForm();

    [GeneratedRegex(@"^(?<province>\d\d) (?<code>\S+) (?<amount>\d+) from (?<from>\S+)( to (?<to>\S+))?$", RegexOptions.CultureInvariant)]
    private static partial Regex LocalForm();

    [GeneratedRegex(@"^(?<month>\d{4}-\d\d)( to (?<last>\d{4}-\d\d))?( of (?<person>\S+))?( as of (?<day>\S+))?$", RegexOptions.CultureInvariant)]
    private static partial Regex QuestionForm();

    [GeneratedRegex(@"^(?<amount>[−-]?\d+)( (?<sign>[=≈]) (?<how>.+))?$", RegexOptions.CultureInvariant)]
    private static partial Regex AmountForm();

    [GeneratedRegex(" {2,}", RegexOptions.CultureInvariant)]
    private static partial Regex TwoBlanks();

    /// <summary>Rows of one register file, written as the product's own form.</summary>
    sealed class Rows(RegisterFileKind kind)
    {
        public List<Dictionary<string, string>> Values { get; } = [];

        public List<string> Columns { get; } = [.. RegisterFiles.Columns(kind).Select(column => column.Name)];

        public string FileName => RegisterFiles.FileName(kind);

        public bool IsEmpty => Values.Count == 0;

        public void Add(Dictionary<string, string> row) => Values.Add(row);

        public void Clear() => Values.Clear();

        public string ToCsv()
        {
            var text = new StringBuilder(string.Join(',', Columns)).Append('\n');
            foreach (var row in Values) text.Append(string.Join(',', Columns.Select(column => row.GetValueOrDefault(column, "")))).Append('\n');
            return text.ToString();
        }
    }
}
