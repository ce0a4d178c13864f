using System.CommandLine;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Register;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients.Population;
using PaymentEngine.Postgres.Register;

namespace PaymentEngine.App.Commands.Register;

/// <summary><c>payengine people exchange …</c>, <c>people quality</c>: the exchange with the population database and the four marks of data.</summary>
static class ExchangeCommand
{
    const int RowsShown = 200;

    public static Command Create(CommandContext context)
    {
        var commune = new Option<string>("--commune") { Required = true, HelpName = "CODE", Description = context.Text("Mã xã, 5 chữ số", "Commune, 5 digits") };
        var to = new Option<string>("--out", "-o") { Required = true, Description = context.Text("Tệp .csv hoặc .xlsx mới", "A new file, .csv or .xlsx") };
        var number = new Argument<int>("exchange") { Description = context.Text("Số của lần đối chiếu", "Number of the exchange") };
        var answer = new Argument<string>("file") { Description = context.Text("Tệp trả lời (CSV hoặc XLSX)", "The answer (CSV or XLSX)") };
        var verdict = new Argument<string>("verdict") { Description = context.Text("correct: lấy theo dân cư · keep: giữ nguyên", "correct: take theirs over · keep: ours stays") };
        verdict.AcceptOnlyFromAmong("correct", "keep");
        var person = new Option<string[]>("--person") { HelpName = "PERSON", AllowMultipleArgumentsPerToken = true, Description = context.Text("Những người nào; bỏ trống: mọi người chỉ thiếu thông tin, không trái", "Whom; empty: everybody whose record is only completed, not contradicted") };
        var reason = new Option<string>("--reason") { Required = true, HelpName = "TEXT", Description = context.Text("Đã xem xét những gì", "What was looked at") };
        var all = new Option<bool>("--all") { Description = context.Text("Cả những người đã khớp hoặc đã xử lý", "Also those who matched or are decided") };
        var command = new Command("exchange", context.Text("Đối chiếu với cơ sở dữ liệu dân cư (Quy trình 3936)", "Exchange with the population database (procedure 3936)"))
        {
            new Command("export", context.Text("Lập danh sách một xã để gửi công an", "Write a commune's list for the police")) { commune, to }
                .Answers(context, (parse, cancel) => WithAsync(context, async (exchanges, caller) => Answer.From(await exchanges.ExportAsync(caller, parse.GetRequiredValue(commune), parse.GetRequiredValue(to), cancel), done => Answer.Of(done, output =>
                {
                    output.Line(context.Text($"Lần đối chiếu {done.ExchangeNo}: {done.CommuneName}, {ViText.Count(done.People)} người → {done.FileName}", $"Exchange {done.ExchangeNo}: {done.CommuneName}, {ViText.Count(done.People)} people → {done.FileName}"));
                    output.Talk(context.Text($"Khi có trả lời: payengine people exchange import {done.ExchangeNo} TỆP", $"With the answer: payengine people exchange import {done.ExchangeNo} FILE"));
                }) with { Exported = (done.People, [done.FileName]) }), cancel)),
            new Command("import", context.Text("Nhận trả lời: tất cả hoặc không gì cả; chưa sửa danh sách", "Take an answer in: all or nothing; the register stays as it is")) { number, answer }
                .Answers(context, (parse, cancel) => WithAsync(context, async (exchanges, caller) => Answer.From(await exchanges.ImportAsync(caller, parse.GetValue(number), parse.GetRequiredValue(answer), cancel), done => Answer.Of(done, output =>
                {
                    output.Line(context.Text($"{ViText.Count(done.Rows)} dòng, {ViText.Count(done.New)} mới. Khớp {ViText.Count(done.Matched)} · lệch chờ xử lý {ViText.Count(done.Different)} · không tìm thấy {ViText.Count(done.NotFound)} · chưa trả lời {ViText.Count(done.Unanswered)}.",
                        $"{ViText.Count(done.Rows)} rows, {ViText.Count(done.New)} new. Matched {ViText.Count(done.Matched)} · different, to be decided {ViText.Count(done.Different)} · not found {ViText.Count(done.NotFound)} · not answered {ViText.Count(done.Unanswered)}."));
                    foreach (var (difference, count) in done.ByDifference) output.Line($"  {difference}: {ViText.Count(count)}");
                })), cancel)),
            new Command("show", context.Text("Từng người: khớp, lệch ở đâu, đã xử lý thế nào", "Person by person: matched, what differs, what was decided")) { number, all }
                .Answers(context, (parse, cancel) => WithAsync(context, async (exchanges, caller) => Answer.From(await exchanges.ShowAsync(caller, parse.GetValue(number), cancel), found => Shown(context, found.Exchange, found.People, parse.GetValue(all))), cancel)),
            new Command("decide", context.Text("Quyết định chỗ lệch, có lý do; đính chính là dòng mới của danh sách", "Decide differences, with a reason; a correction is a new row of the register")) { number, verdict, person, reason }
                .Answers(context, (parse, cancel) => WithAsync(context, async (exchanges, caller) => Answer.From(await exchanges.DecideAsync(caller, parse.GetValue(number), parse.GetValue(person) ?? [], parse.GetRequiredValue(verdict) == "correct", parse.GetRequiredValue(reason), cancel),
                    done => Answer.Of(done, output => output.Line(context.Text($"Đính chính {ViText.Count(done.Corrected)} · giữ nguyên {ViText.Count(done.Kept)} · còn chờ {ViText.Count(done.Left)}.", $"Corrected {ViText.Count(done.Corrected)} · kept {ViText.Count(done.Kept)} · left {ViText.Count(done.Left)}.")))), cancel)),
        };
        return command.Answers(context, (_, cancel) => WithAsync(context, async (exchanges, caller) =>
        {
            var list = await exchanges.ListAsync(caller, cancel);
            return Answer.Of(new { exchanges = list }, output =>
            {
                var table = new TextTable(new TextColumn(context.Text("Lần", "No"), true), new TextColumn(context.Text("Xã", "Commune")), new TextColumn(context.Text("Gửi", "Sent")), new TextColumn(context.Text("Người", "People"), true), new TextColumn(context.Text("Trả lời", "Answered"), true),
                    new TextColumn(context.Text("Khớp", "Matched"), true), new TextColumn(context.Text("Chờ xử lý", "Undecided"), true), new TextColumn(context.Text("Không thấy", "Not found"), true), new TextColumn(context.Text("Đính chính", "Corrected"), true), new TextColumn(context.Text("Giữ nguyên", "Kept"), true));
                foreach (var one in list)
                    table.Row(ViText.Count(one.ExchangeNo), one.CommuneName, PeopleCommand.Time(one.At), ViText.Count(one.People), ViText.Count(one.Answered), ViText.Count(one.Matched), ViText.Count(one.Undecided), ViText.Count(one.NotFound), ViText.Count(one.Corrected), ViText.Count(one.Kept));
                output.Table(table);
            });
        }, cancel));
    }

    /// <summary><c>payengine people quality [--commune C] [--list]</c>.</summary>
    public static Command Quality(CommandContext context)
    {
        var commune = new Option<string?>("--commune") { HelpName = "CODE", Description = context.Text("Chỉ một xã", "One commune only") };
        var list = new Option<bool>("--list") { Description = context.Text("Từng người còn thiếu gì", "What each person lacks") };
        return new Command("quality", context.Text("Dữ liệu đúng, đủ, sạch, sống: theo xã, từng người, còn thiếu gì để chi trả", "The four marks of data, by commune and person, and what is missing to be payable")) { commune, list }
            .Answers(context, (parse, cancel) => WithAsync(context, async (exchanges, caller) => Answer.From(await exchanges.QualityAsync(caller, parse.GetValue(commune), cancel), people => Marks(context, people, parse.GetValue(list))), cancel));
    }

    static Task<Answer> WithAsync(CommandContext context, Func<PopulationExchanges, Operations.Caller, Task<Answer>> work, CancellationToken cancel) =>
        PeopleCommand.WithCipherAsync(context, (database, caller, cipher) => work(new PopulationExchanges(database, cipher, context.Clock, context.Files), caller), cancel);

    static Answer Shown(CommandContext context, StoredExchange exchange, IReadOnlyList<StoredAnswer> people, bool all)
    {
        var shown = people.Where(person => all || PopulationExchanges.StateOf(person) is not (ExchangeState.Matched or ExchangeState.Corrected or ExchangeState.Kept)).ToList();
        return Answer.Of(new
        {
            exchange, people = people.Select(person => new
            {
                person_id = person.PersonId, state = PopulationExchanges.StateOf(person), differences = ((PopulationDifference)person.Differences).ToString(), their_name = person.TheirName, their_birth = person.TheirBirth, their_death = person.TheirDeath,
                their_commune = person.TheirCommune, checked_on = person.CheckedOn, corrected = person.Corrected is { } fields ? ((PopulationDifference)fields).ToString() : null, person.Reason, decided_by = person.DecidedBy,
            }),
        }, output =>
        {
            output.Line(context.Text($"Lần {exchange.ExchangeNo} · {exchange.CommuneName} · {ViText.Count(exchange.People)} người", $"Exchange {exchange.ExchangeNo} · {exchange.CommuneName} · {ViText.Count(exchange.People)} people"));
            var table = new TextTable(new TextColumn(context.Text("Mã người", "Person")), new TextColumn(context.Text("Họ tên", "Name")), new TextColumn(context.Text("Trạng thái", "State")), new TextColumn(context.Text("Lệch", "Differs")), new TextColumn(context.Text("Dân cư ghi", "They say")), new TextColumn(context.Text("Lý do", "Reason")));
            foreach (var person in shown.Take(RowsShown))
                table.Row(person.PersonId, person.FullName, WordOf(context, PopulationExchanges.StateOf(person)), person.Differences == 0 ? "" : Words(context, (PopulationDifference)person.Differences),
                    string.Join(" · ", new[] { person.TheirName, person.TheirBirth, person.TheirTail is null ? null : PeopleCommand.Masked(person.TheirTail), person.TheirDeath is { } died ? "† " + ViText.Date(died) : null, person.TheirCommune, person.Note }.Where(text => !string.IsNullOrEmpty(text))), person.Reason ?? "");
            output.Table(table);
            if (shown.Count > RowsShown) output.Line(context.Text($"Chỉ hiện {RowsShown} trong {ViText.Count(shown.Count)} người.", $"{RowsShown} of {ViText.Count(shown.Count)} are shown."));
        });
    }

    static Answer Marks(CommandContext context, IReadOnlyList<PersonQuality> people, bool list)
    {
        static int Count(IEnumerable<PersonQuality> of, DataMark mark) => of.Count(person => person.Quality.Marks.HasFlag(mark));
        return Answer.Of(new
        {
            people = people.Count, correct = Count(people, DataMark.Correct), complete = Count(people, DataMark.Complete), clean = Count(people, DataMark.Clean), alive = Count(people, DataMark.Alive),
            all_four = Count(people, DataQuality.All), payable = people.Count(person => person.Quality.IsPayable),
            gaps = Enum.GetValues<DataGap>().Where(gap => gap != DataGap.None).ToDictionary(gap => gap.ToString(), gap => people.Count(person => person.Quality.Gaps.HasFlag(gap))),
            list = list ? people.Select(person => new { person_id = person.Row.PersonId, marks = person.Quality.Marks.ToString(), gaps = person.Quality.Gaps.ToString(), payable = person.Quality.IsPayable }) : null,
        }, output =>
        {
            var table = new TextTable(new TextColumn(context.Text("Xã", "Commune")), new TextColumn(context.Text("Người", "People"), true), new TextColumn(context.Text("Đúng", "Correct"), true), new TextColumn(context.Text("Đủ", "Complete"), true), new TextColumn(context.Text("Sạch", "Clean"), true),
                new TextColumn(context.Text("Sống", "Alive"), true), new TextColumn(context.Text("Cả bốn", "All four"), true), new TextColumn(context.Text("Chi trả được", "Payable"), true));
            void Row(string name, IReadOnlyCollection<PersonQuality> of) => table.Row(name, ViText.Count(of.Count), ViText.Count(Count(of, DataMark.Correct)), ViText.Count(Count(of, DataMark.Complete)), ViText.Count(Count(of, DataMark.Clean)), ViText.Count(Count(of, DataMark.Alive)),
                ViText.Count(Count(of, DataQuality.All)), ViText.Count(of.Count(person => person.Quality.IsPayable)));
            foreach (var commune in people.GroupBy(person => (person.Row.CommuneCode, person.Row.CommuneName))) Row($"{commune.Key.CommuneCode} {commune.Key.CommuneName}", commune.ToList());
            Row(context.Text("Tất cả", "All"), people);
            output.Table(table);
            foreach (var gap in Enum.GetValues<DataGap>().Where(gap => gap != DataGap.None))
                if (people.Count(person => person.Quality.Gaps.HasFlag(gap)) is var count and > 0) output.Line($"  {WordOf(context, gap)}: {ViText.Count(count)}");
            if (!list) return;
            var each = new TextTable(new TextColumn(context.Text("Mã người", "Person")), new TextColumn(context.Text("Họ tên", "Name")), new TextColumn(context.Text("Xã", "Commune")), new TextColumn(context.Text("Còn thiếu", "Lacks")), new TextColumn(context.Text("Để chi trả", "To be payable")));
            foreach (var person in people.Where(person => person.Quality.Gaps != DataGap.None))
                each.Row(person.Row.PersonId, person.Row.FullName, person.Row.CommuneCode, Words(context, person.Quality.Gaps), person.Quality.IsPayable ? "✓" : Words(context, person.Quality.MissingToPay));
            output.Table(each);
        });
    }

    static string Words(CommandContext context, DataGap gaps) => string.Join(", ", Enum.GetValues<DataGap>().Where(gap => gap != DataGap.None && gaps.HasFlag(gap)).Select(gap => WordOf(context, gap)));

    static string Words(CommandContext context, PopulationDifference differences) => string.Join(", ", Enum.GetValues<PopulationDifference>().Where(one => one != PopulationDifference.None && differences.HasFlag(one)).Select(one => one switch
    {
        PopulationDifference.NumberMissing => context.Text("thiếu số định danh", "number missing"),
        PopulationDifference.Number => context.Text("số định danh khác", "another number"),
        PopulationDifference.NameMarks => context.Text("tên khác dấu", "name, other marks"),
        PopulationDifference.Name => context.Text("tên khác", "another name"),
        PopulationDifference.BirthPrecision => context.Text("ngày sinh rõ hơn", "a finer birth"),
        PopulationDifference.Birth => context.Text("ngày sinh khác", "another birth"),
        PopulationDifference.SexMissing => context.Text("thiếu giới tính", "sex missing"),
        PopulationDifference.Sex => context.Text("giới tính khác", "another sex"),
        PopulationDifference.Death => context.Text("đã mất", "a death"),
        PopulationDifference.Commune => context.Text("nơi cư trú khác", "another commune"),
        _ => throw new ArgumentOutOfRangeException(nameof(differences), one, null),
    }));

    static string WordOf(CommandContext context, ExchangeState state) => state switch
    {
        ExchangeState.Asked => context.Text("chưa trả lời", "not answered"),
        ExchangeState.Matched => context.Text("khớp", "matched"),
        ExchangeState.Different => context.Text("lệch, chờ xử lý", "different, to be decided"),
        ExchangeState.NotFound => context.Text("không tìm thấy", "not found"),
        ExchangeState.Several => context.Text("nhiều bản ghi", "several records"),
        ExchangeState.Corrected => context.Text("đã đính chính", "corrected"),
        _ => context.Text("giữ nguyên", "kept"),
    };

    static string WordOf(CommandContext context, DataGap gap) => gap switch
    {
        DataGap.NotAnswered => context.Text("chưa đối chiếu dân cư", "not answered by the population database"),
        DataGap.NotFound => context.Text("dân cư không tìm thấy", "not found in the population database"),
        DataGap.Undecided => context.Text("chỗ lệch chờ xử lý", "a difference to be decided"),
        DataGap.NoNumber => context.Text("thiếu số định danh 12 số", "no number of 12 digits"),
        DataGap.NoDayOfBirth => context.Text("chưa rõ ngày sinh", "no day of birth"),
        DataGap.NoSex => context.Text("thiếu giới tính", "no sex"),
        DataGap.PossibleDuplicate => context.Text("nghi trùng chờ xử lý", "a possible duplicate"),
        DataGap.SharedNumber => context.Text("số định danh trùng người khác", "number shared with another record"),
        DataGap.NumberDoubted => context.Text("số định danh không hợp năm sinh, giới tính", "number disagrees with birth or sex"),
        DataGap.AnswerOld => context.Text("đối chiếu quá 12 tháng", "answer older than 12 months"),
        DataGap.Dead => context.Text("đã mất", "dead"),
        DataGap.NoAward => context.Text("không có quyết định đang hưởng", "no running award"),
        DataGap.NoPayee => context.Text("không có người nhận", "no receiver"),
        _ => gap.ToString(),
    };
}
