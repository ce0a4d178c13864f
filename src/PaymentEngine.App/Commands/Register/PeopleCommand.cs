using System.CommandLine;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Commands.Privacy;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Register;
using PaymentEngine.Core;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Register;

namespace PaymentEngine.App.Commands.Register;

/// <summary><c>payengine people …</c>: who the people of the register are.</summary>
static class PeopleCommand
{
    public static Command Create(CommandContext context)
    {
        var who = new Argument<string>("person") { Description = context.Text("Mã người, hoặc số định danh / CMND (số cũ cũng tìm được)", "person_id, or an identity number (old ones are found too)") };
        return new Command("people", context.Text("Con người trong danh sách: lịch sử, trùng, đối chiếu dân cư, báo tử, chuyển xã", "The people of the register: history, duplicates, population exchange, deaths, moves"))
        {
            new Command("show", context.Text("Một người: các số định danh theo thời gian, lịch sử hồ sơ (ai, lúc nào, vì sao, nguồn)", "One person: numbers by date, history of the record (who, when, why, source)")) { who }
                .Answers(context, (parse, cancel) => WithCipherAsync(context, async (database, caller, cipher) =>
                    Answer.From(await new PersonHistory(database, cipher).ShowAsync(caller, parse.GetRequiredValue(who), cancel), card => Shown(context, card)), cancel)),
            DuplicateCommand.Create(context),
            ExchangeCommand.Create(context),
            ExchangeCommand.Quality(context),
            NoticeCommand.Of(context, "deaths", context.Text("Báo tử từ tệp: tháng sau tháng mất thôi chi; hộ và người nhận được nối tiếp", "Deaths from a file: no month after the death is paid; household and receiver go on"), static (notices, caller, path, cancel) => notices.DeathsAsync(caller, path, cancel)),
            NoticeCommand.Of(context, "moves", context.Text("Chuyển nơi cư trú từ tệp: không tháng nào chi hai lần hay bỏ sót", "Moves from a file: no month paid twice or skipped"), static (notices, caller, path, cancel) => notices.MovesAsync(caller, path, cancel)),
            NoticeCommand.Of(context, "births", context.Text("Sinh con từ tệp, cho chế độ tính theo số con", "Births from a file, for awards that count children"), static (notices, caller, path, cancel) => notices.BirthsAsync(caller, path, cancel)),
            NoticeCommand.Of(context, "identifiers", context.Text("Các số định danh khác theo thời gian (CMND cũ…) từ tệp", "Further numbers by date (old CMND …) from a file"), static (notices, caller, path, cancel) => notices.IdentifiersAsync(caller, path, cancel)),
            NoticeCommand.Heads(context),
            ErasureCommand.Retention(context),
            ErasureCommand.Erase(context),
        };
    }

    /// <summary>Work that needs a proven person and the keys of sealed numbers.</summary>
    public static Task<Answer> WithCipherAsync(CommandContext context, Func<Database, Caller, AccountCipher, Task<Answer>> work, CancellationToken cancel) => context.AsCallerAsync(async (database, caller) =>
    {
        var keys = KeyFolder.Open(context.Settings.Keys.Value, context.Clock);
        if (!keys.IsOk) return Answer.Refused(keys.Problems);
        using var cipher = keys.Value.OpenCipher();
        return await work(database, caller, cipher);
    }, cancel);

    /// <summary>Time on the clock of Viet Nam.</summary>
    public static string Time(Instant at) => ViText.Time(at.InZone(DateTimeZoneProviders.Tzdb["Asia/Ho_Chi_Minh"]).LocalDateTime);

    /// <summary>A number by its last figures.</summary>
    public static string Masked(string? tail) => tail is null ? "–" : "…" + tail;

    static Answer Shown(CommandContext context, PersonCard card) => Answer.Of(new
    {
        person_id = card.Person.PersonId, full_name = card.Person.FullName, birth = Birth(card.Person).ToString(), sex = ((Sex)card.Person.Sex).ToString(), death = card.Person.Death, commune = card.Person.CommuneCode,
        household = card.Person.HouseholdId, merged_into = card.Person.MergedInto, numbers = card.Numbers, history = card.History, pairs = card.Pairs.Select(pair => pair.PairNo),
    }, output =>
    {
        var person = card.Person;
        output.Line($"{person.PersonId} · {person.FullName} · {Birth(person)} · {person.CommuneName} ({person.CommuneCode}){(person.HouseholdId is { } household ? $" · {context.Text("hộ", "household")} {household}" : "")}");
        if (person.Death is { } death) output.Line(context.Text($"Đã mất ngày {ViText.Date(death)}.", $"Died on {ViText.Date(death)}."));
        if (person.MergedInto is { } into) output.Line(context.Text($"Đã gộp vào hồ sơ {into}; chi trả theo hồ sơ ấy.", $"Merged into {into}, which is paid."));
        if (card.Numbers.Count > 0)
        {
            var numbers = new TextTable(new TextColumn(context.Text("Số định danh", "Number")), new TextColumn(context.Text("Loại", "Kind")), new TextColumn(context.Text("Từ", "From")), new TextColumn(context.Text("Đến", "To")), new TextColumn(context.Text("Hiện dùng", "Current")), new TextColumn(context.Text("Biết từ", "Known since")), new TextColumn(context.Text("Nguồn", "Source")));
            foreach (var number in card.Numbers)
                numbers.Row(Masked(number.Tail), number.Figures == 12 ? context.Text("12 số", "12 digits") : context.Text("CMND 9 số", "old, 9 digits"), number.ValidFrom is { } from ? ViText.Date(from) : "–", number.ValidTo is { } to ? ViText.Date(to) : "–", number.IsCurrent ? "✓" : "", Time(number.At), number.Source);
            output.Table(numbers);
        }

        var history = new TextTable(new TextColumn(context.Text("Lúc", "At")), new TextColumn(context.Text("Ai", "Who")), new TextColumn(context.Text("Việc", "What")), new TextColumn(context.Text("Nội dung", "Content")), new TextColumn(context.Text("Nguồn, lý do", "Source, why")));
        foreach (var step in card.History)
            history.Row(Time(step.At), step.Person, $"{WordOf(context, step.Kind)} {step.Key}".Trim(), string.Join("; ", step.Fields.Select(field => field.Before is null ? $"{field.Field} {field.After}" : $"{field.Field} {field.Before} → {field.After ?? "∅"}")),
                string.Join(" · ", new[] { step.Source ?? step.Operation, step.Why }.Where(text => !string.IsNullOrEmpty(text))));
        output.Table(history);
        foreach (var pair in card.Pairs)
            output.Line(context.Text($"Cặp nghi trùng {pair.PairNo}: {pair.FirstPerson} – {pair.SecondPerson}, {DuplicateCommand.Outcome(context, pair)}.", $"Possible duplicate {pair.PairNo}: {pair.FirstPerson} – {pair.SecondPerson}, {DuplicateCommand.Outcome(context, pair)}."));
    });

    static BirthDate Birth(StoredPerson person) => new(person.BirthYear, (byte)person.BirthMonth, (byte)person.BirthDay);

    static string WordOf(CommandContext context, string kind) => kind switch
    {
        "person" => context.Text("Con người", "Person"),
        "facts" => context.Text("Hoàn cảnh", "Facts"),
        "award" => context.Text("Quyết định hưởng", "Award"),
        "payee" => context.Text("Người nhận", "Payee"),
        "channel" => context.Text("Tài khoản", "Account"),
        "identifier" => context.Text("Số định danh", "Identifier"),
        "death" => context.Text("Báo tử", "Death notice"),
        "move" => context.Text("Chuyển nơi ở", "Move"),
        "head" => context.Text("Chủ hộ", "Head of household"),
        "birth" => context.Text("Sinh con", "Birth"),
        "correction" => context.Text("Đính chính", "Correction"),
        "merged" => context.Text("Gộp hồ sơ về đây", "Merged here"),
        "merged_into" => context.Text("Gộp vào hồ sơ khác", "Merged into another"),
        "kept_apart" => context.Text("Không trùng", "Not a duplicate"),
        _ => kind,
    };
}
