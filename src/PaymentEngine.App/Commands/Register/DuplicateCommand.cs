using System.CommandLine;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Register;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients.Duplicates;
using PaymentEngine.Postgres.Register;

namespace PaymentEngine.App.Commands.Register;

/// <summary><c>payengine people duplicates …</c>: records that may be one person.</summary>
static class DuplicateCommand
{
    const int RowsShown = 200;

    public static Command Create(CommandContext context)
    {
        var all = new Option<bool>("--all") { Description = context.Text("Cả những cặp đã quyết định", "Decided ones too") };
        var everything = new Option<bool>("--everything") { Description = context.Text("So lại toàn bộ danh sách, không chỉ phần mới", "Search all against all again, not only what is new") };
        var pair = new Argument<int>("pair") { Description = context.Text("Số của cặp", "Number of the pair") };
        var verdict = new Argument<string>("verdict") { Description = context.Text("same: một người · different: hai người", "same: one person · different: two people") };
        verdict.AcceptOnlyFromAmong("same", "different");
        var keep = new Option<string?>("--keep") { HelpName = "PERSON", Description = context.Text("Với same: mã hồ sơ giữ lại để chi trả", "With same: the record that goes on and is paid") };
        var from = new Option<string?>("--from") { HelpName = "MONTH", Description = context.Text("Với same: tháng đầu chỉ chi trả một hồ sơ (YYYY-MM); bỏ trống: tháng đầu chưa duyệt danh sách", "With same: first month with one payment (YYYY-MM); empty: the first month not listed yet") };
        var reason = new Option<string>("--reason") { Required = true, HelpName = "TEXT", Description = context.Text("Đã xem xét những gì", "What was looked at") };
        var command = new Command("duplicates", context.Text("Hồ sơ có thể là một người: tìm, xem, quyết định", "Records that may be one person: search, show, decide"))
        {
            all,
            new Command("search", context.Text("Tìm trùng giữa phần mới và toàn danh sách; làm lại không sao", "Hold what is new against the whole register; again does no harm")) { everything }
                .Answers(context, (parse, cancel) => PeopleCommand.WithCipherAsync(context, async (database, caller, cipher) =>
                    Answer.From(await new Duplicates(database, cipher, context.Clock).SearchAsync(caller, parse.GetValue(everything), cancel), done => Answer.Of(done, output => Say(output, done))), cancel)),
            new Command("list", context.Text("Các cặp chờ quyết định", "Pairs that wait for a decision")) { all }
                .Answers(context, (parse, cancel) => ListAsync(context, parse.GetValue(all), cancel)),
            new Command("show", context.Text("Một cặp", "One pair")) { pair }
                .Answers(context, (parse, cancel) => PeopleCommand.WithCipherAsync(context, async (database, caller, cipher) =>
                    Answer.From(await new Duplicates(database, cipher, context.Clock).ShowAsync(caller, parse.GetValue(pair), cancel), one => Answer.Of(Json(one), output => Both(context, output, one))), cancel)),
            new Command("decide", context.Text("Quyết định một cặp, có lý do", "Decide a pair, with a reason")) { pair, verdict, keep, from, reason }
                .Answers(context, (parse, cancel) => DecideAsync(context, parse.GetValue(pair), parse.GetRequiredValue(verdict), parse.GetValue(keep), parse.GetValue(from), parse.GetRequiredValue(reason), cancel)),
        };
        return command.Answers(context, (parse, cancel) => ListAsync(context, parse.GetValue(all), cancel));
    }

    /// <summary>The result of a search, for whoever brought new people in.</summary>
    public static void Say(Output output, DuplicateSearchDone done)
    {
        output.Line(output.Text($"Đã so {ViText.Count(done.NewRecords)} hồ sơ mới với {ViText.Count(done.Records)} hồ sơ ({ViText.Count(done.Comparisons)} phép so): {ViText.Count(done.Found)} cặp nghi trùng mới, {ViText.Count(done.Open)} cặp chờ quyết định.",
            $"{ViText.Count(done.NewRecords)} new records held against {ViText.Count(done.Records)} ({ViText.Count(done.Comparisons)} comparisons): {ViText.Count(done.Found)} new possible duplicates, {ViText.Count(done.Open)} wait for a decision."));
        if (done.CrowdedBlocks > 0)
            output.Line(output.Text($"{ViText.Count(done.CrowdedBlocks)} nhóm quá đông: chỉ so với hồ sơ kề nhau.", $"{ViText.Count(done.CrowdedBlocks)} groups were too large: only next neighbours were compared in them."));
        if (done.Open > 0) output.Talk(output.Text("Xem: payengine people duplicates", "See them: payengine people duplicates"));
    }

    static Task<Answer> ListAsync(CommandContext context, bool all, CancellationToken cancel) => PeopleCommand.WithCipherAsync(context, async (database, caller, cipher) =>
    {
        var pairs = await new Duplicates(database, cipher, context.Clock).ListAsync(caller, all, RowsShown + 1, cancel);
        return Answer.Of(new { pairs = pairs.Take(RowsShown).Select(Json), more = pairs.Count > RowsShown }, output =>
        {
            if (pairs.Count == 0)
            {
                output.Line(context.Text("Không có cặp nghi trùng nào.", "There are no possible duplicates."));
                return;
            }

            var table = new TextTable(new TextColumn(context.Text("Cặp", "Pair"), true), new TextColumn(context.Text("Điểm", "Score"), true), new TextColumn(context.Text("Quy tắc", "Rule")), new TextColumn(context.Text("Hồ sơ thứ nhất", "First record")),
                new TextColumn(context.Text("Hồ sơ thứ hai", "Second record")), new TextColumn(context.Text("Kết luận", "Outcome")));
            foreach (var one in pairs.Take(RowsShown))
                table.Row(ViText.Count(one.PairNo), ViText.Count(one.Score), RuleOf(context, (DuplicateRule)one.Rule), $"{one.FirstPerson} {one.FirstName} {one.FirstBirth} {one.FirstCommune}", $"{one.SecondPerson} {one.SecondName} {one.SecondBirth} {one.SecondCommune}", Outcome(context, one));
            output.Table(table);
            if (pairs.Count > RowsShown) output.Line(context.Text($"Chỉ hiện {RowsShown} cặp chắc nhất.", $"Only the {RowsShown} surest are shown."));
        });
    }, cancel);

    static Task<Answer> DecideAsync(CommandContext context, int pairNo, string verdict, string? keep, string? from, string reason, CancellationToken cancel)
    {
        var isSame = verdict == "same";
        if (isSame && keep is null) return Task.FromResult(Answer.Refused(new Problem("usage.keep_missing", "One of the two records goes on.", "Give --keep PERSON, one of the two person_ids.")));
        if (!isSame && (keep ?? from) is not null) return Task.FromResult(Answer.Refused(new Problem("usage.keep_unwanted", "Two people stay two records.", "Leave --keep and --from out.")));
        YearMonth? month = null;
        if (from is not null)
        {
            var read = Months.Parse(from);
            if (!read.TryGet(out var value)) return Task.FromResult(Answer.Refused(read.Problems));
            month = value;
        }

        return PeopleCommand.WithCipherAsync(context, async (database, caller, cipher) =>
        {
            var duplicates = new Duplicates(database, cipher, context.Clock);
            var result = isSame ? await duplicates.SameAsync(caller, pairNo, reason, keep!, month, cancel) : await duplicates.DifferentAsync(caller, pairNo, reason, cancel);
            return Answer.From(result, done => Answer.Of(new { pair = Json(done.Pair), ended = done.Ended, carried = done.Carried, untouched = done.Untouched }, output =>
            {
                output.Line($"{done.Pair.PairNo} · {done.Pair.FirstPerson} – {done.Pair.SecondPerson} · {Outcome(context, done.Pair)}");
                if (done.Pair.FromMonth is not { } key) return;
                output.Line(context.Text($"Từ tháng {ViText.Month(Months.FromKey(key))} chỉ chi trả theo hồ sơ {done.Pair.KeptPerson}; hai lịch sử đều giữ nguyên.", $"From {Months.FromKey(key).Text()} only {done.Pair.KeptPerson} is paid; both histories stay."));
                if (done.Ended.Count > 0) output.Line(context.Text($"Thôi hưởng ở hồ sơ kia: {string.Join(", ", done.Ended)}.", $"Ended in the other record: {string.Join(", ", done.Ended)}."));
                if (done.Carried.Count > 0) output.Line(context.Text($"Hưởng tiếp ở hồ sơ giữ lại: {string.Join(", ", done.Carried)}.", $"Carried on in the kept record: {string.Join(", ", done.Carried)}."));
            }));
        }, cancel);
    }

    static void Both(CommandContext context, Output output, StoredPair one)
    {
        output.Line(context.Text($"Cặp {one.PairNo} · {RuleOf(context, (DuplicateRule)one.Rule)} · điểm {one.Score} · {Outcome(context, one)}", $"Pair {one.PairNo} · {RuleOf(context, (DuplicateRule)one.Rule)} · score {one.Score} · {Outcome(context, one)}"));
        var table = new TextTable(new TextColumn(""), new TextColumn(one.FirstPerson), new TextColumn(one.SecondPerson), new TextColumn(context.Text("So", "Held together")));
        table.Row(context.Text("Họ tên", "Name"), one.FirstName, one.SecondName, Words(context, (NameAgreement)one.Name));
        table.Row(context.Text("Ngày sinh", "Birth"), one.FirstBirth, one.SecondBirth, Words(context, (BirthAgreement)one.Birth));
        table.Row(context.Text("Số định danh", "Number"), PeopleCommand.Masked(one.FirstTail), PeopleCommand.Masked(one.SecondTail), Words(context, (NumberAgreement)one.Number));
        table.Row(context.Text("Xã", "Commune"), one.FirstCommune, one.SecondCommune, "");
        table.Row(context.Text("Chế độ", "Awards"), one.FirstAwards ?? "–", one.SecondAwards ?? "–", "");
        output.Table(table);
        if (one.DecisionNo is null)
            output.Talk(context.Text($"Quyết định: payengine people duplicates decide {one.PairNo} same --keep {one.FirstPerson} --reason \"…\" (hoặc different)", $"Decide: payengine people duplicates decide {one.PairNo} same --keep {one.FirstPerson} --reason \"…\" (or different)"));
    }

    /// <summary>What became of a pair.</summary>
    public static string Outcome(CommandContext context, StoredPair one) => one.IsSame switch
    {
        null => context.Text("chờ quyết định", "to be decided"),
        true => context.Text($"một người, giữ {one.KeptPerson}: {one.Reason} ({one.DecidedBy})", $"one person, {one.KeptPerson} goes on: {one.Reason} ({one.DecidedBy})"),
        false => context.Text($"hai người: {one.Reason} ({one.DecidedBy})", $"two people: {one.Reason} ({one.DecidedBy})"),
    };

    static string RuleOf(CommandContext context, DuplicateRule rule) => rule switch
    {
        DuplicateRule.SameNumber => context.Text("cùng số định danh", "same number"),
        DuplicateRule.SharedNumber => context.Text("một số, hai người khác nhau", "one number, two different people"),
        DuplicateRule.NumberTypo => context.Text("số sai một chữ số", "a slip in the number"),
        DuplicateRule.SameAccount => context.Text("cùng tài khoản, tên giống", "same account, name alike"),
        DuplicateRule.NameAndBirth => context.Text("cùng tên, cùng ngày sinh", "same name and birth"),
        DuplicateRule.NameAndNearBirth => context.Text("cùng tên, ngày sinh sai sót", "same name, a slip in the birth"),
        DuplicateRule.NameAndYear => context.Text("cùng tên, cùng năm sinh, cùng nơi", "same name, year and place"),
        DuplicateRule.NearNameAndBirth => context.Text("tên gần giống, cùng ngày sinh, cùng nơi", "a slip in the name, same birth and place"),
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, null),
    };

    static string Words(CommandContext context, NumberAgreement number) => number switch
    {
        NumberAgreement.Same => context.Text("trùng", "same"),
        NumberAgreement.Near => context.Text("gần giống", "near"),
        NumberAgreement.Other => context.Text("khác", "other"),
        _ => context.Text("không so được", "cannot be compared"),
    };

    static string Words(CommandContext context, NameAgreement name) => name switch
    {
        NameAgreement.Same => context.Text("trùng", "same"),
        NameAgreement.SameLetters => context.Text("trùng, khác dấu", "same letters, other marks"),
        NameAgreement.Reordered => context.Text("đảo thứ tự", "other order"),
        NameAgreement.Near => context.Text("gần giống", "near"),
        _ => context.Text("khác", "other"),
    };

    static string Words(CommandContext context, BirthAgreement birth) => birth switch
    {
        BirthAgreement.Exact => context.Text("trùng", "same"),
        BirthAgreement.Compatible => context.Text("không trái nhau", "not contradicting"),
        BirthAgreement.Swapped => context.Text("đảo ngày tháng", "day and month swapped"),
        BirthAgreement.Near => context.Text("gần giống", "near"),
        _ => context.Text("khác", "other"),
    };

    static object Json(StoredPair one) => new
    {
        pair = one.PairNo, rule = ((DuplicateRule)one.Rule).ToString(), score = one.Score, number = ((NumberAgreement)one.Number).ToString(), name = ((NameAgreement)one.Name).ToString(), birth = ((BirthAgreement)one.Birth).ToString(),
        first = new { person_id = one.FirstPerson, full_name = one.FirstName, birth = one.FirstBirth, commune = one.FirstCommune, awards = one.FirstAwards },
        second = new { person_id = one.SecondPerson, full_name = one.SecondName, birth = one.SecondBirth, commune = one.SecondCommune, awards = one.SecondAwards },
        same = one.IsSame, kept = one.KeptPerson, from = one.FromMonth is { } key ? Months.FromKey(key).Text() : null, reason = one.Reason, decided_by = one.DecidedBy,
    };
}
