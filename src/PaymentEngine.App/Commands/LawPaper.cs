using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Money;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Commands;

/// <summary>The law on screen: values with their dates and sources, what a load changes, what a draft costs.</summary>
static class LawPaper
{
    const int ChangesShown = 20;

    /// <summary>All rows of a code, or those that count for a month.</summary>
    public static Answer Values(CommandContext context, LawBook book, string? code, YearMonth? month, LocalDate asOf)
    {
        var rows = book.Rows.Where(row => code is null || row.Code == code || row.Code.StartsWith(code + ".", StringComparison.Ordinal) || (row is LawRate rate && rate.Group == code)).ToList();
        if (rows.Count == 0)
            return Answer.Refused(new Problem("law.unknown_code", $"The law has no value '{code}'.", $"Such as {string.Join(", ", book.Rows.Select(row => row.Code).Where(known => code is null || known.StartsWith(code[..1], StringComparison.OrdinalIgnoreCase)).Distinct().Take(8))}; payengine law show lists all."));
        if (month is { } wanted)
        {
            rows = [.. rows.Where(row => row.CountsFor(wanted, asOf)).GroupBy(row => (row.Shape, row.Code, row.Place)).Select(group => group.MaxBy(row => (row.AppliesFrom, row.InForce))!)];
            if (rows.Count == 0) return Answer.Refused(new Problem("law.no_value", $"As known on {asOf:uuuu-MM-dd} no value of {code ?? "any code"} counts for {wanted.Text()}.", "Ask for another month or a later day, or leave --month out to see all periods."));
        }

        var sorted = rows.OrderBy(row => row.Code, StringComparer.Ordinal).ThenBy(row => row.Place, StringComparer.Ordinal).ThenBy(row => row.AppliesFrom).ToList();
        return Answer.Of(new { law = book.ContentHash, month, as_of = asOf, values = sorted.Select(Json) }, output =>
        {
            var table = new TextTable(new TextColumn(context.Text("Mã", "Code")), new TextColumn(context.Text("Tên", "Name")), new TextColumn(context.Text("Nơi", "Place")), new TextColumn(context.Text("Giá trị", "Value"), true),
                new TextColumn(context.Text("Tính từ", "Counts from")), new TextColumn(context.Text("đến", "to")), new TextColumn(context.Text("Biết từ", "Known from")), new TextColumn(context.Text("Nguồn", "Source")), new TextColumn(context.Text("Tình trạng", "Status")));
            foreach (var row in sorted)
                table.Row(row.Code, NameOf(context, row), PlaceOf(context, row), Value(context, row), ViText.Date(row.AppliesFrom), row.AppliesTo is { } to ? ViText.Date(to) : "", ViText.Date(row.InForce), row.Source, StatusOf(context, row.Status));
            output.Table(table);
            var unverified = sorted.Count(row => LawStatus.IsUnverified(row.Status));
            output.Talk(context.Text($"{ViText.Count(sorted.Count)} dòng, {ViText.Count(unverified)} chưa đối chiếu với văn bản. Luật {book.ContentHash[..12]}.", $"{ViText.Count(sorted.Count)} rows, {ViText.Count(unverified)} not held against the text. Law {book.ContentHash[..12]}."));
        });
    }

    /// <summary>Files that stand together as a law.</summary>
    public static Answer Sound(CommandContext context, LawBook book)
    {
        var unverified = book.Rows.Count(row => LawStatus.IsUnverified(row.Status));
        return Answer.Of(new { law = book.ContentHash, rows = book.Rows.Count, unverified }, output => output.Line(context.Text(
            $"Không có lỗi: {ViText.Count(book.Rows.Count)} dòng, {ViText.Count(unverified)} chưa đối chiếu với văn bản. Luật {book.ContentHash}.",
            $"No faults: {ViText.Count(book.Rows.Count)} rows, {ViText.Count(unverified)} not held against the text. Law {book.ContentHash}.")));
    }

    /// <summary>A load and what it changes.</summary>
    public static Answer Load(CommandContext context, LawLoadView view) => Answer.Of(
        new { load = view.LoadNo, digest = view.Digest, state = view.State, made_by = view.MadeBy, already_done = view.AlreadyDone, changes = view.Changes.Select(Json) }, output =>
        {
            if (view.Changes.Count > 0)
            {
                var table = new TextTable(new TextColumn(context.Text("Mã", "Code")), new TextColumn(context.Text("Nơi", "Place")), new TextColumn(context.Text("Tính từ", "Counts from")), new TextColumn(context.Text("đến", "to")),
                    new TextColumn(context.Text("Trước", "Before"), true), new TextColumn(context.Text("Sau", "After"), true), new TextColumn(context.Text("Biết từ", "Known from")), new TextColumn(context.Text("Tình trạng", "Status")), new TextColumn(context.Text("Nguồn", "Source")));
                foreach (var change in view.Changes.Take(ChangesShown))
                {
                    var row = change.Row;
                    table.Row(row.Code, PlaceOf(context, row), ViText.Date(row.AppliesFrom), row.AppliesTo is { } to ? ViText.Date(to) : "", (change.Standing ?? change.Ended) is { } before ? Value(context, before) : "", Value(context, row),
                        ViText.Date(row.InForce), change.Standing is { } standing && standing.Status != row.Status ? $"{StatusOf(context, standing.Status)} → {StatusOf(context, row.Status)}" : StatusOf(context, row.Status), row.Source);
                }

                output.Table(table);
                if (view.Changes.Count > ChangesShown) output.Line(context.Text($"… và {ViText.Count(view.Changes.Count - ChangesShown)} dòng nữa; xem hết bằng --json", $"… and {ViText.Count(view.Changes.Count - ChangesShown)} more; see all with --json"));
            }

            output.Line(Said(context, view));
            if (view is { State: "pending", LoadNo: { } load })
                output.Talk(context.Text($"Tiếp theo, người khác: payengine law approve {load} --digest {view.Digest[..12]}", $"Next, somebody else: payengine law approve {load} --digest {view.Digest[..12]}"));
        });

    /// <summary>Loads with what became of them.</summary>
    public static Answer Loads(CommandContext context, IReadOnlyList<StoredLawLoad> loads) => Answer.Of(
        new
        {
            loads = loads.Select(load => new
            {
                load = load.LoadNo, digest = Convert.ToHexStringLower(load.Digest), files = load.Files, rows = load.RowCount, changes = load.ChangeCount, made_by = load.MadeBy, loaded_at = load.LoadedAt,
                state = load.Decision ?? "pending", decided_by = load.DecidedBy, decided_at = load.DecidedAt, remark = load.Remark,
            }),
        },
        output =>
        {
            if (loads.Count == 0)
            {
                output.Line(context.Text("Không có lần nạp nào đang chờ.", "No load waits."));
                return;
            }

            var table = new TextTable(new TextColumn(context.Text("Lần nạp", "Load")), new TextColumn(context.Text("Tệp", "Files")), new TextColumn(context.Text("Dòng", "Rows"), true), new TextColumn(context.Text("Thay đổi", "Changes"), true),
                new TextColumn(context.Text("Người nạp", "Brought by")), new TextColumn(context.Text("Lúc", "At")), new TextColumn(context.Text("Mã nội dung", "Digest")), new TextColumn(context.Text("Trạng thái", "State")));
            foreach (var load in loads)
                table.Row(FormattableString.Invariant($"{load.LoadNo}"), string.Join(", ", load.Files), ViText.Count(load.RowCount), ViText.Count(load.ChangeCount), load.MadeBy,
                    ViText.Time(load.LoadedAt.WithOffset(Offset.FromHours(7)).LocalDateTime), Convert.ToHexStringLower(load.Digest)[..12], StateOf(context, load.Decision ?? "pending") + (load.DecidedBy is { } by ? $" ({by})" : ""));
            output.Table(table);
        });

    /// <summary>What a draft would cost.</summary>
    public static Answer Simulation(CommandContext context, LawSimulation found) => Answer.Of(
        new { month = found.Month, as_of = found.AsOf, changes = found.Changes.Count, total = Json(found.Total), programmes = found.Programmes.Select(Json), communes = found.Communes.Select(Json) }, output =>
        {
            Costs(context, output, context.Text("Chương trình", "Programme"), found.Programmes, cost => RunPaper.ProgrammeCode((short)cost.Programme!.Value));
            if (found.Communes.Count > 0) Costs(context, output, context.Text("Xã", "Commune"), found.Communes, cost => $"{cost.CommuneCode} {cost.CommuneName}");
            var total = found.Total;
            output.Line(context.Text(
                $"Tháng {ViText.Month(found.Month)}: hiện nay {ViText.Money(total.Now)}, theo dự thảo {ViText.Money(total.Draft)}, chênh lệch {ViText.Signed(total.Difference.Amount)} ₫; {ViText.Count(total.People)} người: {ViText.Count(total.Up)} tăng, {ViText.Count(total.Down)} giảm, {ViText.Count(total.Same)} như cũ.",
                $"Month {found.Month.Text()}: now {ViText.Money(total.Now)}, by the draft {ViText.Money(total.Draft)}, difference {ViText.Signed(total.Difference.Amount)} ₫; {ViText.Count(total.People)} people: {ViText.Count(total.Up)} up, {ViText.Count(total.Down)} down, {ViText.Count(total.Same)} the same."));
            output.Talk(context.Text($"Tính theo những gì biết đến {ViText.Date(found.AsOf)}; không ghi gì.", $"As known on {ViText.Date(found.AsOf)}; nothing was stored."));
        });

    static void Costs(CommandContext context, Output output, string heading, IReadOnlyList<SimulatedCost> costs, Func<SimulatedCost, string> name)
    {
        var table = new TextTable(new TextColumn(heading), new TextColumn(context.Text("Người", "People"), true), new TextColumn(context.Text("Hiện nay", "Now"), true), new TextColumn(context.Text("Dự thảo", "Draft"), true),
            new TextColumn(context.Text("Chênh lệch", "Difference"), true), new TextColumn(context.Text("Tăng", "Up"), true), new TextColumn(context.Text("Giảm", "Down"), true), new TextColumn(context.Text("Như cũ", "Same"), true));
        foreach (var cost in costs)
            table.Row(name(cost), ViText.Count(cost.People), ViText.Money(cost.Now), ViText.Money(cost.Draft), ViText.Signed(cost.Difference.Amount), ViText.Count(cost.Up), ViText.Count(cost.Down), ViText.Count(cost.Same));
        output.Table(table);
    }

    static object Json(SimulatedCost cost) => new
    {
        programme = cost.Programme is { } programme ? RunPaper.ProgrammeCode((short)programme) : null, commune_code = cost.CommuneCode, commune = cost.CommuneName, people = cost.People,
        now_vnd = cost.Now, draft_vnd = cost.Draft, difference_vnd = cost.Difference, up = cost.Up, down = cost.Down, same = cost.Same,
    };

    static object Json(LawChange change) => new
    {
        row = Json(change.Row), replaces = change.Standing is { } standing ? Json(standing) : null, ends = change.Ended is { } ended ? Json(ended) : null,
    };

    static object Json(LawRow row) => new
    {
        code = row.Code, name = row.Name, shape = row.Shape, place = row.Place ?? "national", value = row.ValueText,
        degree_or_age_from = (row as LawRate)?.From, degree_or_age_below = (row as LawRate)?.Below, standard_code = (row as LawRate)?.StandardCode ?? (row as OneTimeBenefit)?.Basis,
        applies_from = row.AppliesFrom, applies_to = row.AppliesTo, instrument = row.Instrument, in_force = row.InForce, end_in_force = row.EndInForce,
        source = row.Source, status = row.Status, note = row.Note, file = row.At?.File, line = row.At?.Line,
    };

    static string Value(CommandContext context, LawRow row) => row switch
    {
        LawStandard standard => ViText.Money(standard.Amount),
        LawRate { Amount: { } amount } => ViText.Money(amount),
        LawRate { Coefficient: { } coefficient } rate => $"{Decimal(context, coefficient.ToString())} × {rate.StandardCode}",
        OneTimeBenefit { Amount: { } sum } => ViText.Money(sum),
        LawParameter parameter => $"{parameter.Value} {parameter.Unit}",
        LawProgramme programme => programme.ValueText,
        _ => row.ValueText.Length > 0 ? $"{Decimal(context, row.ValueText)} × {(row as OneTimeBenefit)?.Basis}" : "–",
    };

    static string Decimal(CommandContext context, string number) => context.Lang == "en" ? number : number.Replace('.', ',');

    // Standards and parameters have only the name of their act.
    static string NameOf(CommandContext context, LawRow row)
    {
        var english = row switch { LawRate rate => rate.NameEn, OneTimeBenefit benefit => benefit.NameEn, LawProgramme programme => programme.NameEn, _ => "" };
        return context.Lang == "en" && english.Length > 0 ? english : row.Name;
    }

    static string StatusOf(CommandContext context, string status) => status switch
    {
        LawStatus.Verified => context.Text("đã đối chiếu văn bản", status),
        LawStatus.Derived => context.Text("tính từ số đã đối chiếu", status),
        LawStatus.VerifiedSecondary => context.Text("theo nguồn thứ cấp", status),
        LawStatus.Interpretation => context.Text("theo cách hiểu", status),
        LawStatus.DerivedUnverified => context.Text("tính ra, CHƯA đối chiếu", status),
        LawStatus.Unverified => context.Text("CHƯA đối chiếu", status),
        LawStatus.UnverifiedFromMemory => context.Text("CHƯA đối chiếu (theo trí nhớ)", status),
        _ => status,
    };

    static string PlaceOf(CommandContext context, LawRow row) => row.Place ?? context.Text("cả nước", "national");

    static string StateOf(CommandContext context, string state) => state switch
    {
        "pending" => context.Text("chờ duyệt", "pending"),
        "approved" => context.Text("đã duyệt", "approved"),
        "rejected" => context.Text("đã từ chối", "rejected"),
        _ => state,
    };

    static string Said(CommandContext context, LawLoadView view) => (view.State, view.AlreadyDone) switch
    {
        ("nothing_to_do", _) => context.Text("Luật đã nói đúng như các tệp này: không có gì để nạp.", "The law says all of it already: nothing to load."),
        ("checked", _) => context.Text($"Không có lỗi: {ViText.Count(view.Changes.Count)} giá trị sẽ thay đổi. Chưa ghi gì.", $"No faults: {ViText.Count(view.Changes.Count)} values would change. Nothing was stored."),
        ("pending", true) => context.Text($"Các tệp này đã nạp (lần {view.LoadNo}) và đang chờ duyệt; lần này không thay đổi gì.", $"These files were loaded before (load {view.LoadNo}) and wait for approval; nothing changed now."),
        (_, true) => context.Text($"Lần nạp {view.LoadNo}: {StateOf(context, view.State)} từ trước; lần này không thay đổi gì.", $"Load {view.LoadNo}: {StateOf(context, view.State)} before; nothing changed now."),
        ("pending", _) => context.Text($"Lần nạp {view.LoadNo}: {ViText.Count(view.Changes.Count)} giá trị thay đổi, chờ người khác duyệt. Mã nội dung {view.Digest}.", $"Load {view.LoadNo}: {ViText.Count(view.Changes.Count)} values change once somebody else approves. Digest {view.Digest}."),
        _ => context.Text($"Lần nạp {view.LoadNo}: {StateOf(context, view.State)}. Mã nội dung {view.Digest}.", $"Load {view.LoadNo}: {StateOf(context, view.State)}. Digest {view.Digest}."),
    };
}
