using System.CommandLine;
using System.Globalization;
using System.Text;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine bank profile list|show|check</c>: what each bank wants differently, as data.</summary>
static class BankProfileCommand
{
    public static Command Create(CommandContext context)
    {
        var id = new Argument<string>("ID") { Description = context.Text("Mã hồ sơ, ví dụ agribank", "The profile's id, for example agribank") };
        var files = new Argument<string[]>("FILE") { Description = context.Text("Tệp hồ sơ (JSON)", "Profile files (JSON)"), Arity = ArgumentArity.OneOrMore };
        var list = new Command("list", context.Text("Các hồ sơ ngân hàng đang có", "The bank profiles that are known"));
        var show = new Command("show", context.Text("Nội dung một hồ sơ, đúng như trong tệp", "What a profile says, as it stands in its file")) { id };
        var check = new Command("check", context.Text("Kiểm tra tệp hồ sơ trước khi dùng: nêu mọi lỗi, theo dòng và trường", "Check profile files before use: every fault, by line and field")) { files };
        var accounts = new Option<bool>("--accounts") { Description = context.Text("Thử accountPattern của hồ sơ trên tài khoản người nhận trong sổ (cần đăng nhập)", "Try the profiles' accountPattern on the payees' accounts of the register (needs a login)") };
        check.Add(accounts);
        return new Command("profile", context.Text("Hồ sơ ngân hàng: dạng tệp, giới hạn, danh sách kết quả", "Bank profiles: form of files, limits, result lists"))
        {
            list.Answers(context, _ => List(context)),
            show.Answers(context, parse => Show(context, parse.GetRequiredValue(id))),
            check.Answers(context, (parse, cancel) => CheckAsync(context, parse.GetRequiredValue(files), parse.GetValue(accounts), cancel)),
        };
    }

    /// <summary>Reads the folder of further profiles, if there is one: all of it or none.</summary>
    public static IReadOnlyList<Problem> LoadFolder(CommandContext context)
    {
        if (context.Settings.Profiles.Value is not { Length: > 0 } folder) return [];
        if (!Directory.Exists(folder)) return [new Problem("bank_profile.folder_missing", $"PAYENGINE_PROFILES names {folder}, which is no folder.", "Make it, or take the setting away.")];
        return BankProfiles.Load(context.Files.List(folder).Where(name => name.EndsWith(".json", StringComparison.Ordinal)).Select(name => Content(context, Path.Combine(folder, name))).ToList()).Problems;
    }

    static Answer List(CommandContext context) => Answer.Of(new
    {
        profiles = BankProfiles.Known.Select(one => new
        {
            id = one.Profile.Id, version = one.Profile.Version, name = one.Profile.Name, banks = one.Profile.BankBins, file_kind = one.Profile.FileKind.ToString(),
            message = one.Profile.FileKind == FileKind.Pain001 ? one.Profile.MessageVersion : null, result_list = one.Profile.Results is not null, assumed = one.Profile.Assumed.Select(field => field.Field),
            file = one.File, sha256 = Convert.ToHexStringLower(one.Sha256()),
        }),
    }, output =>
    {
        var table = new TextTable(new TextColumn(context.Text("Hồ sơ", "Profile")), new TextColumn(context.Text("Bản", "Version"), true), new TextColumn(context.Text("Ngân hàng", "Bank")), new TextColumn("BIN"),
            new TextColumn(context.Text("Tệp lệnh chi", "Payment file")), new TextColumn(context.Text("Danh sách kết quả", "Result list")), new TextColumn(context.Text("Trường giả định", "Assumed fields"), true));
        foreach (var profile in BankProfiles.All)
        {
            table.Row(profile.Id, ViText.Count(profile.Version), profile.Name, profile.BankBins.Count == 0 ? "–" : string.Join(", ", profile.BankBins), profile.FileKind == FileKind.Pain001 ? profile.MessageVersion : profile.FileKind.ToString().ToUpperInvariant(),
                profile.Results is null ? "–" : context.Text("có", "yes"), ViText.Count(profile.Assumed.Count));
        }

        output.Table(table);
        output.Line(context.Text("Ngân hàng không có hồ sơ riêng dùng hồ sơ generic. Trường giả định: chưa ai đọc được văn bản của ngân hàng; xem payengine bank profile show ID.",
            "A bank without a profile is served by generic. Assumed: nobody has read a paper of the bank; see payengine bank profile show ID."));
    });

    static Answer Show(CommandContext context, string id)
    {
        if (BankProfiles.FindKnown(id) is not { } known)
            return Answer.Refused(new Problem("bank_profile.unknown", $"There is no profile '{id}'.", $"Profiles: {string.Join(", ", BankProfiles.All.Select(one => one.Id))}."));
        var text = Encoding.UTF8.GetString(known.Content.Span);
        using var document = System.Text.Json.JsonDocument.Parse(known.Content);
        return Answer.Of(document.RootElement.Clone(), output => output.Line(text.TrimEnd()));
    }

    /// <summary>Checks the files; asked for, also the accounts of today's register at their banks.</summary>
    static async Task<Answer> CheckAsync(CommandContext context, IReadOnlyList<string> paths, bool accounts, CancellationToken cancel)
    {
        foreach (var path in paths)
            if (context.Files.WhyUnreadable(path) is { } unreadable) return Answer.Refused(unreadable);
        if (!accounts) return Check(context, paths);
        var known = BankProfiles.With(paths.Select(path => Content(context, path)).ToList());
        if (!known.TryGet(out var all)) return Answer.Refused(known.Problems);
        var given = all.Where(one => paths.Contains(one.File)).Select(one => one.Profile).ToList();
        return await context.AsCallerAsync(async (database, caller) =>
        {
            if (caller.Lacks(AccessRules.BankProfileCheck) is { } refused) return Answer.Refused(refused);
            await using var session = await database.RunAsync(caller.Scope, cancel);
            var looked = await AccountsAtBanks.LookAsync(session, caller.ProvinceCode, given, () => KeyFolder.Open(context.Settings.Keys.Value, context.Clock), null, cancel);
            return Answer.From(looked, found =>
            {
                var unfit = found.Unfit.Where(account => account.IsCurrent).ToList();
                return Answer.Of(new { accounts = found.Current, unfit = unfit.Select(one => new { person_id = one.PersonId, bank_bin = one.BankBin, account_tail = one.AccountTail }) }, output =>
                {
                    if (unfit.Count > 0)
                    {
                        var table = new TextTable(new TextColumn(context.Text("Người hưởng", "Person")), new TextColumn("BIN"), new TextColumn(context.Text("Tài khoản", "Account")));
                        foreach (var one in unfit.Take(AccountsShown)) table.Row(one.PersonId, one.BankBin, "…" + one.AccountTail);
                        output.Table(table);
                    }

                    output.Line(context.Text($"{ViText.Count(unfit.Count)} trong {ViText.Count(found.Current)} tài khoản không đúng dạng của ngân hàng; khi lập danh sách, các khoản này được tạm giữ (account_not_at_bank).",
                        $"{ViText.Count(unfit.Count)} of {ViText.Count(found.Current)} accounts cannot be ones of their bank; a plan holds those payments (account_not_at_bank)."));
                });
            });
        }, cancel);
    }

    const int AccountsShown = 50;

    static Answer Check(CommandContext context, IReadOnlyList<string> paths)
    {
        var read = paths.Select(path => Content(context, path)).ToList();
        var known = BankProfiles.With(read);
        if (!known.TryGet(out var all)) return Answer.Refused(known.Problems);
        var given = all.Where(one => paths.Contains(one.File)).ToList();
        return Answer.Of(new { profiles = given.Select(one => new { file = one.File, id = one.Profile.Id, version = one.Profile.Version, sha256 = Convert.ToHexStringLower(one.Sha256()), assumed = one.Profile.Assumed.Count }) }, output =>
        {
            foreach (var one in given)
            {
                var replaces = BankProfiles.Find(one.Profile.Id) is not null;
                output.Line(context.Text(
                    $"{one.File}: đúng. Hồ sơ {one.Profile.Id} bản {one.Profile.Version.ToString(CultureInfo.InvariantCulture)}{(replaces ? ", thay hồ sơ cùng mã" : "")}; {ViText.Count(one.Profile.Assumed.Count)} trường giả định.",
                    $"{one.File}: right. Profile {one.Profile.Id} version {one.Profile.Version.ToString(CultureInfo.InvariantCulture)}{(replaces ? ", replaces the one of that id" : "")}; {ViText.Count(one.Profile.Assumed.Count)} assumed fields."));
            }
        });
    }

    static (string File, byte[] Content) Content(CommandContext context, string path)
    {
        using var stream = context.Files.Read(path);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return (path, bytes.ToArray());
    }
}
