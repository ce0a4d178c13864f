using System.Globalization;
using System.Text;
using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres;
using PaymentEngine.Tests.House;

namespace PaymentEngine.ServiceTests.Tour;

/// <summary>
/// <c>docs/tour.md</c>: a month of 300 people at three banks with 25 failures of 12 kinds, worked from the command line until nothing is open. Every command of the page is run by the real program
/// and answers what the page says; at the end each failure's money is where <c>scenario.csv</c> named beforehand. <c>PAYENGINE_UPDATE_GOLDEN=1</c> writes the page anew.
/// </summary>
[Collection(PostgresCollection.Name)]
public sealed class TourTests(ScratchCluster cluster) : IDisposable
{
    static readonly IReadOnlyList<string> Runs = ["40-2611-001", "40-2611-002", "40-2611-003"];
    static readonly IReadOnlyList<string> Regularisations = ["40-2611-004", "40-2611-005", "40-2611-006"];

    readonly string folder = Directory.CreateTempSubdirectory("pe-tour-").FullName;
    readonly IReadOnlyList<TourFailure> failures = TourFailure.Read(Path.Combine(Repository.Root, "tests", "PaymentEngine.ServiceTests", "Tour", "scenario.csv"));
    readonly Dictionary<string, int> cases = [];
    string connection = "";
    TourOffice office = null!;
    Dictionary<string, TourBank> banks = null!;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [PostgresFact]
    public async Task Every_command_of_the_tour_answers_as_the_page_says_and_each_failure_ends_where_it_was_named_beforehand()
    {
        Assert.Equal((25, 12, 3), (failures.Count, failures.Select(one => one.Kind).Distinct().Count(), failures.Select(one => one.Bank).Distinct().Count()));
        connection = await cluster.CloneAsync();
        office = new TourOffice(folder, connection);
        banks = new[] { new TourBank("agribank", "VBAAVNVX", office.In("answers")), new TourBank("bidv", "BIDVVNVX", office.In("answers")), new TourBank("lpbank", "LVBKVNVX", office.In("answers")) }
            .ToDictionary(bank => bank.Name, StringComparer.OrdinalIgnoreCase);
        try
        {
            await RegisterAsync();
            await ListAsync();
            await SendAsync();
            await RefusedAsync();
            await FirstStatementsAsync();
            await AllStatementsAsync();
            await PaidAgainAsync();
            await LateAsync();
            await CashAsync();
            await ClaimsAsync();
            await CloseAsync();
            await DecemberAsync();
            await EndAsync();
        }
        catch (Exception broken) when (Environment.GetEnvironmentVariable("PAYENGINE_UPDATE_GOLDEN") == "1")
        {
            throw new InvalidOperationException("The tour broke after:\n" + office.Page, broken);
        }

        Golden();
    }

    async Task RegisterAsync()
    {
        office.Text($"""
            # A month by hand

            300 people, three payers with an account at three banks, 25 payments that fail in 12 ways, worked from the command line until no case is open. Where the money of each failure must end was
            [written down beforehand](../tests/PaymentEngine.ServiceTests/Tour/scenario.csv); a [test](../tests/PaymentEngine.ServiceTests/Tour/TourTests.cs) gives every command of this page to the program, and the page
            shows what it printed. Only the banks are played: they load our files and answer with status reports and statements, by the scenario.

            All clocks stand at nine o'clock of the day in the heading. Everybody logs in each morning (`payengine login NAME`), which the page leaves out. Long answers are cut (…), tables are aligned; the fingerprint of a list,
            which depends on the keys of the office, is written as `…`.

            | who | does |
            |---|---|
            | lan | makes runs and sends files; second person for accounts |
            | minh | approves; administrator and auditor |
            | hoa | commune officer: asks people, corrects accounts |
            | thu | reconciles with the banks, prints cash lists |

            The failures, named before anything happened:

            {Scenario()}
            """);
        office.Section(new(2026, 10, 23), "The register", "People, awards and payees, made up from a seed. In `payers.csv` the social pension (HTXH) has a payer of its own here, with an account at LPBank, so that three banks pay.");
        await office.ShowAsync("minh", "generate -n 300 --seed 7 --month 2026-11 --account-rate 95 --out register");
        ThreeBanks();
        foreach (var (name, full, roles) in new[] { ("minh", "Trần Văn Minh", "approver,auditor,administrator"), ("lan", "Nguyễn Thị Lan", "maker,account_editor"), ("hoa", "Lê Thị Hòa", "account_editor,commune_officer"), ("thu", "Phạm Văn Thu", "reconciler,cash_officer") })
        {
            await File.WriteAllTextAsync(office.In(name + ".password"), "mật khẩu dài của " + name + "\n");
            await office.ShowAsync("minh", $"user add {name} --name \"{full}\" --role {roles}{(name == "minh" ? " --province 40" : "")} --password-file {name}.password");
            if (name != "minh")
            {
                await office.LogInAsync(name);
                continue;
            }

            await office.ShowAsync(name, $"login {name} --password-file {name}.password");
            await office.ShowAsync(name, $"user totp --out {name}.totp --code-file {name}.totp");
            await office.ShowAsync(name, $"confirm --code-file {name}.totp");
        }

        await office.ShowAsync("lan", "register import register/areas.csv register/payers.csv register/people.csv register/awards.csv register/payees.csv", 30);
    }

    string Scenario()
    {
        var table = new StringBuilder("| no. | kind | payer, bank | person | the bank | reason | the way out | ends in |\n|---:|---|---|---|---|---|---|---|\n");
        foreach (var one in failures)
            table.Append(CultureInfo.InvariantCulture, $"| {one.No} | {one.Kind.Replace('_', ' ')} | {one.Payer}, {one.Bank} | {one.Person} | {one.TheBank} | {one.Reason ?? "–"} | {one.WorkedBy} | `{one.EndsIn}` |\n");
        return table.ToString().TrimEnd('\n');
    }

    /// <summary>Each programme a payer of its own, each payer an account at a bank of its own.</summary>
    void ThreeBanks()
    {
        var path = office.In("register/payers.csv");
        var lines = File.ReadAllLines(path).ToList();
        lines[2] = lines[2].Replace("\"BTXH;HTXH\"", "BTXH", StringComparison.Ordinal);
        lines.Add(lines[2].Replace("40-BTXH", "40-HTXH", StringComparison.Ordinal).Replace(",BTXH,", ",HTXH,", StringComparison.Ordinal).Replace("(BTXH)", "(HTXH)", StringComparison.Ordinal)
            .Replace("970418,3056183727789", "970449,113002600418", StringComparison.Ordinal));
        File.WriteAllLines(path, lines);
    }

    async Task ListAsync()
    {
        office.Section(new(2026, 10, 23), "The lists", "A run for each payer. Who submits says how many people and how much money; who approves is somebody else and says the sum again.");
        await office.ShowAsync("lan", "run plan 2026-11 --payers all", 20);
        await SubmitAndApproveAsync(Runs);
    }

    async Task SubmitAndApproveAsync(IReadOnlyList<string> runs)
    {
        var commands = new List<(string User, string Command)>();
        foreach (var run in runs)
        {
            using var shown = await office.AskAsync("lan", $"run show {run}");
            var (people, sum) = (shown.RootElement.GetProperty("recipients").GetInt32(), shown.RootElement.GetProperty("declared_vnd").GetInt64());
            commands.AddRange([("lan", $"run submit {run} --confirm-count {people} --confirm-total {sum}"), ("minh", $"run approve {run} --confirm-total {sum} --hash …")]);
        }

        await office.ShowShortAsync(commands);
    }

    async Task SendAsync()
    {
        office.Section(new(2026, 11, 2), "To the banks", "Files with signed manifests. Each bank has a folder that its program empties.");
        await office.ShowAsync("lan", "run export 2026-11 --out files", 20);
        await office.ShowAsync("lan", $"run send {Runs[0]} --to-folder banks/agribank");
        office.Text("The drive with BIDV's folder is not there. It is certain that nothing was handed over, so the same file is sent again when the drive is back:");
        await File.WriteAllTextAsync(office.In("drive"), "");
        await office.ShowAsync("lan", $"run send {Runs[1]} --to-folder drive/bidv", exit: ExitCode.NeighbourSilent);
        File.Delete(office.In("drive"));
        await office.ShowAsync("lan", $"run send {Runs[1]} --to-folder drive/bidv");
        office.Text("""
            While the first file to LPBank is sent the power goes, after the file is in the bank's folder and before anything can be written down; the bank's program takes the file away. Nobody here can know what happened.
            The program does not guess and does not send a second time; no payment of the file can be made in another way (24):
            """);
        await office.ShowCutAsync("lan", $"run send {Runs[2]} --to-folder banks/lpbank", "banks/lpbank");
        Collect("agribank", "banks/agribank");
        Collect("bidv", "drive/bidv");
        Collect("lpbank", "banks/lpbank");
        await office.ShowAsync("lan", $"run send {Runs[2]} --to-folder banks/lpbank", exit: ExitCode.NotAllowed);
        await office.ShowAsync("lan", "status");
        office.Text("Lan asks the bank, and writes down who said what; the second file goes as usual:");
        await office.ShowAsync("lan", $"run send {Runs[2]} --file {banks["lpbank"].Taken[0].File.MessageId} --recorded \"Bà Mai, LPBank Vinh, điện thoại 02/11: đã có tệp\"");
        await office.ShowAsync("lan", $"run send {Runs[2]} --to-folder banks/lpbank");
        Collect("lpbank", "banks/lpbank");
        Assert.All(failures, one => Assert.True(one.Amount.Amount > 0, $"Failure {one.No}: {one.Person} has no payment at {one.Bank}."));
        Assert.Contains(Failure(24).Payment.ToString(), banks["lpbank"].Taken[0].Payments.Select(one => one.EndToEndId));
    }

    /// <summary>A bank's program takes its files out of their folder; the scenario's people are found by their accounts.</summary>
    void Collect(string bankName, string from)
    {
        var bank = banks[bankName];
        var accounts = File.ReadLines(office.In("register/payees.csv")).Select(line => line.Split(',')).ToLookup(cell => cell[0], cell => cell[14]);
        foreach (var path in Directory.EnumerateFiles(office.In(from), "*.xml").Order(StringComparer.Ordinal).ToList())
        {
            var (file, payments) = bank.Take(path);
            foreach (var failure in failures.Where(one => bank.Name.Equals(one.Bank, StringComparison.OrdinalIgnoreCase) && one.Amount.Amount == 0))
            {
                if (payments.Where(one => accounts[failure.Person].Contains(one.CreditorAccount)).ToList() is not [var payment]) continue;
                (failure.Payment, failure.Amount) = (InstructionId.Parse(payment.EndToEndId!).Value, payment.Amount!.Value);
            }

            bank.Execute(file, payments, ById);
            File.Delete(path);
        }
    }

    IReadOnlyDictionary<string, TourFailure> ById => failures.Where(one => one.Amount.Amount > 0).ToDictionary(one => one.Payment.ToString());

    async Task RefusedAsync()
    {
        office.Section(new(2026, 11, 3), "What the banks refuse", "Each bank reports what it has taken and what it refuses. A refusal is a word, not yet a proof: nothing may be paid again before a statement shows that the money was not taken.");
        await ImportAsync([.. banks.Values.SelectMany(bank => bank.Taken.Select(one => bank.Report(one.File, one.Payments, ById, new(2026, 11, 2))))]);
        await WorklistAsync();
        office.Text("A case says what is known, what may be done, and what happens by itself when its term is over:");
        await office.ShowAsync("hoa", $"case show {Case(1)}", 30);
        await office.ShowAsync("lan", $"case repay {Case(1)}", exit: ExitCode.NotAllowed);
        office.Text("Hoa asks the people whose account numbers are wrong (1, 2, 3) and proposes the right ones. She cannot approve her own; Lan can. The accounts may be used after a day, in which the payee can still object.");
        await CorrectAsync(1, 2, 3);
    }

    /// <summary>The first in full, the others in short.</summary>
    async Task CorrectAsync(params IReadOnlyList<int> numbers)
    {
        var isFirst = numbers.Contains(1);
        if (isFirst)
        {
            await office.ShowAsync("hoa", $"case contact {Case(1)} --channel phone --outcome reached --remark \"đọc nhầm một chữ số\"", 4);
            await office.ShowAsync("hoa", Correct(1), 12);
            await office.ShowAsync("hoa", $"case approve {Case(1)}", exit: ExitCode.NotAllowed);
            await office.ShowAsync("lan", $"case approve {Case(1)}", 12);
        }

        await office.ShowShortAsync(numbers.Skip(isFirst ? 1 : 0).SelectMany(no => new[] { ("hoa", $"case contact {Case(no)} --channel phone --outcome reached"), ("hoa", Correct(no)), ("lan", $"case approve {Case(no)}") }));
    }

    string Correct(int no) => $"case correct {Case(no)} --bank Vietcombank --account 00110{no:00000000} --holder \"{HolderOf(Failure(no).Person)}\" --source \"Giấy đề nghị số {no}, 11/2026\"";

    /// <summary>As a bank writes a payee's name.</summary>
    string HolderOf(string person) => BankText.Name(NameOf(person), 70).Text;

    TourFailure Failure(int no) => failures[no - 1];

    async Task FirstStatementsAsync()
    {
        office.Section(new(2026, 11, 6), "Statements, with a gap", "BIDV's statements are complete. Agribank's of 2 November, the day of the debit, is missing; LPBank has sent none.");
        await ImportAsync([.. banks["bidv"].Statements(Days(2, 5)), .. banks["agribank"].Statements([new(2026, 10, 30), .. Days(3, 5)])]);
        office.Text("""
            BIDV's debit is its batch less exactly the refused payments, so those are proven never taken, and the closed account (5), whose term is over, goes to cash by itself. Agribank's and LPBank's refusals stay unproven. Nothing
            has been heard of LPBank's money (25): the files have cases, and a clock never says what became of a payment.
            """);
        await WorklistAsync();
        await office.ShowAsync("hoa", $"case show {Case(4)}", 8);
        office.Text("What the policy leaves to people needs a paper and an approver: a blocked account (7, 8), no reason given (16, 17), a payment that BIDV calls a duplicate (18). A duplicate never becomes cash, whoever decides:");
        await office.ShowAsync("hoa", $"case decide {Case(18)} --cash --evidence \"Biên bản 18\"", exit: ExitCode.NotAllowed);
        await DecideAsync(7, 8, 16, 17, 18);
        await CorrectAsync(11, 12);
    }

    async Task DecideAsync(params IReadOnlyList<int> numbers) => await office.ShowShortAsync(numbers.SelectMany(no => new[]
    {
        ("hoa", $"case decide {Case(no)} --{(Failure(no).Kind == "duplicate" ? "repay" : "cash")} --evidence \"Biên bản xác minh số {no}, 11/2026\""), ("minh", $"case approve {Case(no)}"),
    }));

    async Task AllStatementsAsync()
    {
        office.Section(new(2026, 11, 9), "The gap is filled", "Agribank sends the missing statement, LPBank all of its own.");
        await ImportAsync([.. banks["agribank"].Statements([new(2026, 11, 2), new(2026, 11, 6)]), .. banks["bidv"].Statements([new LocalDate(2026, 11, 6)]), .. banks["lpbank"].Statements(Days(2, 6))]);
        await WorklistAsync();
        office.Text("""
            The two whom LPBank calls deceased (14, 15): the commune confirms that they died on the first of November. The register learns it, so that no later list pays them. The sums of the month of death are due all the same and
            go to the cash list for the heirs, by decision. The second duplicate (19) is paid again:
            """);
        Died(new(2026, 11, 1), 14, 15);
        await office.ShowAsync("hoa", "register import register/people.csv");
        await DecideAsync(14, 15, 19);
        office.Text("The register has somebody else's name beside the last account (13). An account is taken only when its holder is the payee:");
        await office.ShowAsync("hoa", $"case correct {Case(13)} --bank Vietcombank --account 0011000000013 --holder \"CUT QUYNH TUYET\" --source \"Giấy đề nghị số 13, 11/2026\"", exit: ExitCode.Refused);
        await CorrectAsync(13);
    }

    /// <summary>Writes deaths into the register's file of people.</summary>
    void Died(LocalDate day, params IReadOnlyList<int> numbers)
    {
        var path = office.In("register/people.csv");
        var people = numbers.Select(no => Failure(no).Person).ToHashSet(StringComparer.Ordinal);
        File.WriteAllLines(path, File.ReadAllLines(path).Select(line => line.Split(',')).Select(cell => string.Join(',', people.Contains(cell[0]) ? [.. cell[..5], LocalDatePattern.Iso.Format(day), .. cell[6..]] : cell)));
    }

    async Task PaidAgainAsync()
    {
        office.Section(new(2026, 11, 10), "Paid again", "One regularisation run a payer carries what may be paid again by account: corrected accounts, accounts that were full (9, 10), what two people decided (18, 19). It is submitted, approved and sent as every run.");
        await office.ShowAsync("lan", "run plan 2026-11 --regularise", 20);
        await SubmitAndApproveAsync(Regularisations);
        foreach (var (run, bank) in Regularisations.Zip(["agribank", "bidv", "lpbank"]))
        {
            await office.ShowShortAsync(("lan", $"run export {run} --out files/{run}"), ("lan", $"run send {run} --to-folder banks/{bank}"));
            Collect(bank, "banks/" + bank);
        }
    }

    async Task LateAsync()
    {
        foreach (var one in failures.Where(one => one.IsLate)) banks[one.Bank].SendBack(one, new(2026, 11, 12));
        office.Section(new(2026, 11, 13), "Returned on the tenth day", "The banks show what was paid again. Two payments that counted as paid came back yesterday (20, 21).");
        await ImportAsync([.. banks.Values.SelectMany(bank => bank.Statements(Days(9, 12)))]);
        await WorklistAsync();
        await office.ShowAsync("thu", $"case show {Case(20)}", 20);
        await office.ShowAsync("thu", "status");
    }

    async Task CashAsync()
    {
        office.Section(new(2026, 11, 19), "The rest in cash", "The term of the late returns is over. One list a commune holds what was listed for cash from the beginning and what the banks could not pay.");
        await office.ShowAsync("thu", "case due");
        await office.ShowAsync("thu", "cash print --month 2026-11 --out cash", 20);
        office.Section(new(2026, 11, 25), "The lists come back", "Filled in by the communes. Nobody came for the two who died (14, 15), and one person was away (5).");
        var returned = ReturnLists(one => one.No is 5 or 14 or 15, new(2026, 11, 24));
        await office.ShowAsync("thu", "cash confirm " + string.Join(' ', returned), 20);
        await office.ShowAsync("thu", "cash list", 30);
        office.Text("The cashiers hand back what they still hold:");
        using var lists = await office.AskAsync("thu", "cash list");
        foreach (var list in lists.RootElement.GetProperty("lists").EnumerateArray().Where(list => list.GetProperty("in_hand_vnd").GetInt64() > 0))
            await office.ShowAsync("thu", $"cash handback {list.GetProperty("list").GetString()} --amount {list.GetProperty("in_hand_vnd").GetInt64()} --voucher \"Phiếu thu 11/25\"", 6);
    }

    /// <summary>The communes fill in what was printed and has not come back.</summary>
    List<string> ReturnLists(Func<TourFailure, bool> isAway, LocalDate day)
    {
        var returned = new List<string>();
        foreach (var path in Directory.EnumerateFiles(office.In("cash"), "40-*.csv").Where(path => !path.EndsWith(".returned.csv", StringComparison.Ordinal) && !File.Exists(Path.ChangeExtension(path, ".returned.csv"))).Order(StringComparer.Ordinal).ToList())
        {
            var lines = File.ReadAllLines(path);
            for (var i = 1; i < lines.Length; i++)
                lines[i] = $"{lines[i][..^4]},{(failures.Any(one => isAway(one) && lines[i].Contains(NameOf(one.Person), StringComparison.Ordinal)) ? "uncollected" : "paid")},{day:uuuu-MM-dd},,";
            File.WriteAllLines(Path.ChangeExtension(path, ".returned.csv"), lines);
            returned.Add("cash/" + Path.GetFileName(Path.ChangeExtension(path, ".returned.csv")));
        }

        return returned;
    }

    string NameOf(string person) => File.ReadLines(office.In("register/payees.csv")).Select(line => line.Split(',')).First(cell => cell[0] == person)[4];

    async Task ClaimsAsync()
    {
        office.Section(new(2026, 11, 27), "What the banks owe", "Two payments came back less a charge (22, 23). The people have their whole sum; the banks owe the rest, and have now credited it.");
        foreach (var no in new[] { 22, 23 })
            await office.ShowAsync("thu", $"case claim {Case(no, "bank_short")} --recovered {TourBank.Charge} --evidence \"Báo có số {no}, 26/11/2026\"", 6);
        await office.ShowAsync("thu", "case list");
        await office.ShowAsync("thu", "status");
    }

    async Task CloseAsync()
    {
        office.Section(new(2026, 11, 30), "The month closes", "Everything of November has its place; what nobody collected is carried over where it stands.");
        await office.ShowAsync("thu", $"run close {Runs[1]}", 16);
        await office.ShowShortAsync(Runs.Concat(Regularisations).Where(run => run != Runs[1]).Select(run => ("thu", $"run close {run}")));
        await office.ShowAsync("thu", "ledger close 2026-11", 20);
    }

    async Task DecemberAsync()
    {
        office.Section(new(2026, 12, 1), "Nobody came, and somebody came late", "By the rule of the authority an unclaimed social pension goes back to the budget after one month (14, 15); the person who was away (5) stands on December's list.");
        await office.ShowAsync("minh", "cash unclaimed rule HTXH --months 1 --source \"12/QĐ-UBND, 05/01/2026\"");
        await office.ShowAsync("thu", "cash unclaimed propose");
        await office.ShowAsync("minh", "status");
        await office.ShowAsync("minh", "cash unclaimed decide 1 --accept \"88/QĐ-SYT, 01/12/2026\"");
        await office.ShowAsync("thu", "cash print --month 2026-12 --out cash");
        var returned = ReturnLists(_ => false, new(2026, 12, 1));
        await office.ShowAsync("thu", "cash confirm " + string.Join(' ', returned));
    }

    async Task EndAsync()
    {
        office.Section(new(2026, 12, 2), "Nothing is open", "No case, nothing stuck, every đồng of November in its place by both roads.");
        await office.ShowAsync("thu", "case list");
        await office.ShowAsync("thu", "status");
        await office.ShowAsync("minh", "ledger balances --by programme --month 2026-11", 40);
        foreach (var no in new[] { 5, 14, 20 }) await office.ShowAsync("minh", $"ledger postings {Runs[Failure(no).Payment.RunNo - 1]} --line {Failure(no).Payment.LineNo}", 20);
        // The invariants grow with the program; the page shows the first of them, and that all hold is the exit code.
        await office.ShowAsync("minh", "verify", 4);
        var ends = (await QueryAsync<(int RunNo, int LineNo, string Place)>("SELECT run_no, line_no, code FROM position p JOIN place USING (place) ORDER BY 1, 2")).ToDictionary(row => (row.RunNo, row.LineNo), row => row.Place);
        Assert.Equal(failures.Select(one => $"{one.No} {one.EndsIn}"), failures.Select(one => $"{one.No} {ends[(one.Payment.RunNo, one.Payment.LineNo)]}"));
        Assert.Empty(await QueryAsync<string>("SELECT case_no || ' ' || kind FROM payment_case WHERE closed_at IS NULL"));
        office.Text("Each failure is where it was named beforehand:");
        office.Text("| no. | kind | payment | ends in |\n|---:|---|---|---|\n" + string.Join('\n', failures.Select(one => $"| {one.No} | {one.Kind.Replace('_', ' ')} | {one.Payment} | `{ends[(one.Payment.RunNo, one.Payment.LineNo)]}` |")));
        var others = ends.Where(row => !failures.Any(one => (one.Payment.RunNo, one.Payment.LineNo) == row.Key)).Select(row => row.Value).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(["paid_by_account", "paid_in_cash"], others);
        using var balances = await office.AskAsync("minh", "ledger balances --month 2026-11");
        Assert.Equal(await QueryAsync<long>("SELECT sum(listed_vnd)::bigint FROM run_total WHERE month = 202611"), [balances.RootElement.GetProperty("listed_vnd").GetInt64()]);
    }

    async Task ImportAsync(IReadOnlyList<string> answers)
    {
        await office.ShowAsync("thu", "bank import " + string.Join(' ', answers), 30);
        using var list = await office.AskAsync("thu", "case list");
        foreach (var one in list.RootElement.GetProperty("cases").EnumerateArray())
            if (one.GetProperty("payment").GetString() is { } payment) cases[Key(InstructionId.Parse(payment).Value, one.GetProperty("kind").GetString()!)] = one.GetProperty("case_no").GetInt32();
    }

    /// <summary>The worklist, and which failure each number on it is.</summary>
    async Task WorklistAsync()
    {
        await office.ShowAsync("thu", "case list", 40);
        using var list = await office.AskAsync("thu", "case list");
        var open = list.RootElement.GetProperty("cases").EnumerateArray().Select(one => one.GetProperty("case_no").GetInt32()).ToHashSet();
        office.Text("Failures and their cases: " + string.Join(", ", failures.Select(one => (one.No, Found: cases.GetValueOrDefault(Key(one.Payment, "failed")))).Where(one => open.Contains(one.Found)).Select(one => FormattableString.Invariant($"{one.No} is case {one.Found}"))) + ".");
    }

    static string Key(InstructionId payment, string kind) => FormattableString.Invariant($"{payment.RunNo} {payment.LineNo} {(kind == "bank_short" ? kind : "failed")}");

    /// <summary>The number of a failure's case, as the worklist shows it.</summary>
    int Case(int no, string kind = "failed") => cases.TryGetValue(Key(Failure(no).Payment, kind), out var number) ? number : throw new InvalidOperationException($"Failure {no} has no case ({kind}) on the worklist.");

    static IEnumerable<LocalDate> Days(int from, int to) => Enumerable.Range(from, to - from + 1).Select(day => new LocalDate(2026, 11, day));

    async Task<IReadOnlyList<T>> QueryAsync<T>(string sql)
    {
        await using var database = (await Database.OpenAsync(cluster.Home, connection, new ActionCounter(), null, default)).Value;
        await using var session = await database.OwnerAsync(default);
        return await session.QueryAsync<T>(sql);
    }

    void Golden()
    {
        var path = Path.Combine(Repository.Root, "docs", "tour.md");
        if (Environment.GetEnvironmentVariable("PAYENGINE_UPDATE_GOLDEN") == "1") File.WriteAllText(path, office.Page);
        Assert.True(File.Exists(path), $"{path} is missing; run the tests once with PAYENGINE_UPDATE_GOLDEN=1.");
        Assert.Equal(File.ReadAllText(path), office.Page);
    }
}
