using System.CommandLine;
using System.Globalization;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Users;
using PaymentEngine.Core;
using PaymentEngine.Postgres;
using PaymentEngine.Postgres.Users;

namespace PaymentEngine.App.Commands.Users;

/// <summary><c>payengine user …</c>: users, their second factor, and what two administrators do about them.</summary>
static class UserCommand
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static Command Create(CommandContext context) => new("user", context.Text("Người dùng, yếu tố thứ hai, vai trò và địa bàn", "Users, their second factor, roles and territory"))
    {
        Add(context), AddService(context), List(context), Totp(context), Password(context), Roles(context), TerritoryCommand.Create(context), Recover(context), Pending(context), Approve(context), Reject(context), End(context), Unlock(context), Key(context), Events(context), Sessions(context),
    };

    static Command Add(CommandContext context)
    {
        var name = Name(context);
        var role = new Option<string[]>("--role") { Required = true, AllowMultipleArgumentsPerToken = true, HelpName = "R,R", Description = context.Text("Vai trò: ", "Roles: ") + string.Join(", ", Role.OfPeople) };
        var commune = new Option<string[]>("--commune") { AllowMultipleArgumentsPerToken = true, HelpName = "C,C", Description = context.Text("Mã xã được xem và làm việc; không có là toàn tỉnh", "Codes of the communes they act in; none is the whole province") };
        var fullName = FullName(context);
        var province = new Option<string?>("--province") { HelpName = "CODE", Description = context.Text("Mã tỉnh, chỉ cho người dùng đầu tiên", "Province code, for the first user only") };
        var file = Passwords.FileOption(context);
        var add = new Command("add", context.Text("Thêm người dùng; người đầu tiên là quản trị", "Add a user; the first one is the administrator")) { name, role, commune, fullName, province, file };
        return add.Answers(context, async (parse, cancel) =>
        {
            var userName = parse.GetRequiredValue(name);
            short? provinceCode = null;
            if (parse.GetValue(province) is { } given)
            {
                if (!short.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var code)) return Answer.Refused(new Problem("usage.province", $"'{given}' is not a province code.", "Use the two digits of law/provinces.csv."));
                provinceCode = code;
            }

            var password = Passwords.Read(context, parse.GetValue(file));
            if (!password.IsOk) return Answer.Refused(password.Problems);
            return await context.WithDatabaseAsync(async database =>
            {
                var caller = await context.FindCallerAsync(database, cancel);
                var user = new NewUser(userName, parse.GetValue(fullName) ?? userName, password.Value, Words(parse.GetValue(role)), Parts(parse.GetValue(commune)));
                return Answer.From(await new UserAdministration(database, context.Clock).AddAsync(caller.IsOk ? caller.Value : null, user, provinceCode, cancel), added => Added(context, added));
            }, cancel);
        });
    }

    static Command AddService(CommandContext context)
    {
        var name = Name(context);
        var role = new Option<string>("--role") { Required = true, HelpName = "R", Description = context.Text("Vai trò: ", "Role: ") + $"{Role.Bank}, {Role.Worker}" };
        var bank = new Option<string?>("--bank") { HelpName = "BIN", Description = context.Text("Ngân hàng của tài khoản", "The bank whose account it is") };
        var fullName = FullName(context);
        var to = Out(context, context.Text("Tệp để ghi khóa, chỉ chủ đọc được", "File for the key, readable by its owner alone"));
        return new Command("add-service", context.Text("Thêm tài khoản dịch vụ cho ngân hàng hoặc tiến trình nền", "Add a service account for a bank or a worker")) { name, role, bank, fullName, to }.AsCaller(context, async (parse, database, caller, cancel) =>
        {
            var service = parse.GetRequiredValue(name);
            var path = parse.GetRequiredValue(to);
            if (MayNotWrite(path) is { } taken) return Answer.Refused(taken);
            return Answer.From(await new UserAdministration(database, context.Clock).AddServiceAsync(caller, new NewService(service, parse.GetValue(fullName) ?? service, parse.GetRequiredValue(role), parse.GetValue(bank)), cancel), added =>
            {
                WriteSecret(path, added.Key!);
                return Added(context, added, path);
            });
        });
    }

    static Command List(CommandContext context) => new Command("list", context.Text("Danh sách người dùng", "List the users")).AsCaller(context, async (_, database, caller, cancel) =>
        Answer.From(await new UserAdministration(database, context.Clock).ListAsync(caller, cancel), users =>
            Answer.Of(new { users = users.Select(user => new { user = user.UserName, name = user.FullName, kind = user.Kind, roles = user.Roles, communes = user.CommuneCodes, second_factor = user.HasSecondFactor, pending = user.IsPending, locked_until = user.LockedUntil }) }, output =>
            {
                var table = new TextTable(new TextColumn(context.Text("Tên đăng nhập", "User")), new TextColumn(context.Text("Họ và tên", "Name")), new TextColumn(context.Text("Vai trò", "Roles")), new TextColumn(context.Text("Địa bàn", "Territory")), new TextColumn(context.Text("Yếu tố thứ hai", "Second factor")));
                foreach (var user in users)
                {
                    table.Row(user.UserName, user.FullName, string.Join(", ", user.Roles), user.CommuneCodes is null ? context.Text("toàn tỉnh", "whole province") : string.Join(", ", user.CommuneCodes),
                        user.IsPending ? context.Text("chờ người thứ hai", "waits for the second administrator") : user.Kind == "service" ? context.Text("khóa dịch vụ", "service key") : user.HasSecondFactor ? context.Text("có", "yes") : context.Text("chưa", "none"));
                }

                output.Table(table);
            })));

    static Command Totp(CommandContext context)
    {
        var to = new Option<string?>("--out") { HelpName = "F", Description = context.Text("Tệp để ghi bí mật otpauth://, chỉ chủ đọc được", "File for the otpauth:// secret, readable by its owner alone") };
        var code = SecondFactorCodes.FileOption(context);
        return new Command("totp", context.Text("Cài ứng dụng xác thực: --out F để bắt đầu, --code-file F để xác nhận mã đầu tiên", "Set up an authenticator app: --out F begins, --code-file F confirms its first code")) { to, code }.AsCaller(context, async (parse, database, caller, cancel) =>
        {
            var sessions = context.Sessions(database);
            if (parse.GetValue(to) is { } path)
            {
                if (MayNotWrite(path) is { } taken) return Answer.Refused(taken);
                var begun = await sessions.BeginAuthenticatorAsync(caller, cancel);
                if (!begun.IsOk) return Answer.Refused(begun.Problems);
                WriteSecret(path, begun.Value.Uri);
                if (parse.GetValue(code) is null)
                {
                    return Answer.Of(new { user = caller.UserName, secret = path }, output => output.Line(context.Text(
                        $"Bí mật nằm trong {path}: nhập vào ứng dụng xác thực, rồi payengine user totp --code-file F với mã đầu tiên; sau đó xóa tệp.",
                        $"The secret is in {path}: take it into the authenticator app, then payengine user totp --code-file F with its first code; then delete the file.")));
                }
            }

            if (parse.GetValue(code) is null && Console.IsInputRedirected) return Answer.Refused(new Problem("usage.code_missing", "Nothing to do: neither --out nor a code was given.", "Begin with --out F; confirm with --code-file F."));
            var codes = SecondFactorCodes.Read(context, parse.GetValue(code));
            if (!codes.IsOk) return Answer.Refused(codes.Problems);
            var typed = codes.Value.Count > 0 ? codes.Value[0] : SecondFactorCodes.Ask(context) ?? "";
            return Answer.From(await sessions.ConfirmAuthenticatorAsync(caller, typed, cancel: cancel), _ => Answer.Of(new { user = caller.UserName, confirmed = true }, output =>
                output.Line(context.Text("Đã cài. Từ nay mỗi lần đăng nhập cần mã của ứng dụng.", "Set up. From now on every login asks for the app's code."))));
        });
    }

    static Command Password(CommandContext context)
    {
        var file = Passwords.FileOption(context);
        var changed = new Option<string>("--new-password-file") { Required = true, HelpName = "F", Description = context.Text("Tệp có mật khẩu mới", "File with the new password") };
        return new Command("password", context.Text("Đổi mật khẩu của mình; mọi phiên kết thúc", "Change one's own password; all sessions end")) { file, changed }.AsCaller(context, async (parse, database, caller, cancel) =>
        {
            var (old, wanted) = (Passwords.Read(context, parse.GetValue(file)), Passwords.Read(context, parse.GetRequiredValue(changed)));
            if (!old.IsOk) return Answer.Refused(old.Problems);
            if (!wanted.IsOk) return Answer.Refused(wanted.Problems);
            return Answer.From(await context.Sessions(database).ChangePasswordAsync(caller, old.Value, wanted.Value, cancel: cancel), _ => Answer.Said(context.Text("Đã đổi mật khẩu. Hãy đăng nhập lại.", "The password is changed. Log in again.")));
        });
    }

    static Command Roles(CommandContext context)
    {
        var name = Name(context);
        var role = new Option<string[]>("--role") { Required = true, AllowMultipleArgumentsPerToken = true, HelpName = "R,R", Description = context.Text("Mọi vai trò người đó sẽ có: ", "All roles they are to have: ") + string.Join(", ", Role.OfPeople) };
        var reason = Reason(context);
        return new Command("roles", context.Text("Đổi vai trò; người quản trị thứ hai xác nhận", "Change roles; a second administrator confirms")) { name, role, reason }.AsCaller(context, async (parse, database, caller, cancel) =>
            Answer.From(await new UserAdministration(database, context.Clock).AskRolesAsync(caller, parse.GetRequiredValue(name), Words(parse.GetValue(role)), parse.GetRequiredValue(reason), cancel), change => Asked(context, change)));
    }

    static Command Recover(CommandContext context)
    {
        var name = Name(context);
        var reason = Reason(context);
        return new Command("recover", context.Text("Khôi phục tài khoản mất mật khẩu hoặc yếu tố thứ hai; luôn cần hai người quản trị", "Recover an account that lost password or second factor; always takes two administrators")) { name, reason }.AsCaller(context, async (parse, database, caller, cancel) =>
            Answer.From(await new UserAdministration(database, context.Clock).AskRecoveryAsync(caller, parse.GetRequiredValue(name), parse.GetRequiredValue(reason), cancel), change => Asked(context, change)));
    }

    static Command Pending(CommandContext context)
    {
        var all = new Option<bool>("--all") { Description = context.Text("Cả những việc đã trả lời", "Answered ones too") };
        return new Command("pending", context.Text("Việc chờ người quản trị thứ hai", "What waits for a second administrator")) { all }.AsCaller(context, async (parse, database, caller, cancel) =>
            Answer.From(await new UserAdministration(database, context.Clock).ChangesAsync(caller, parse.GetValue(all), cancel), changes => Answer.Of(new { changes = changes.Select(Json) }, output =>
            {
                var table = new TextTable(new TextColumn("N"), new TextColumn(context.Text("Người dùng", "User")), new TextColumn(context.Text("Việc", "What")), new TextColumn(context.Text("Người đề nghị", "Asked by")), new TextColumn(context.Text("Trả lời", "Answer")));
                foreach (var one in changes)
                    table.Row(one.ChangeNo.ToString(CultureInfo.InvariantCulture), one.UserName, one.Kind + (one.Roles is null ? "" : ": " + string.Join(", ", one.Roles)), one.AskedBy, one.Alone ? context.Text("một mình", "alone") : one.Answer is null ? "" : $"{one.Answer} ({one.AnsweredBy})");
                output.Table(table);
            })));
    }

    static Command Approve(CommandContext context)
    {
        var number = Number(context);
        var to = new Option<string?>("--out") { HelpName = "F", Description = context.Text("Tệp để ghi mật khẩu dùng một lần của việc khôi phục", "File for the password for once of a recovery") };
        return new Command("approve", context.Text("Xác nhận việc của một người quản trị khác", "Confirm what another administrator asked for")) { number, to }.AsCaller(context, async (parse, database, caller, cancel) =>
        {
            var administration = new UserAdministration(database, context.Clock);
            var no = parse.GetRequiredValue(number);
            var changes = await administration.ChangesAsync(caller, false, cancel);
            if (!changes.IsOk) return Answer.Refused(changes.Problems);
            var path = parse.GetValue(to);
            if (changes.Value.Any(one => one.ChangeNo == no && one.Kind == "recover") && path is null)
                return Answer.Refused(new Problem("usage.out_missing", "A recovery makes a password for once, and it needs a file.", "Add --out F; hand the file to the person."));
            if (path is not null && MayNotWrite(path) is { } taken) return Answer.Refused(taken);
            return Answer.From(await administration.AnswerAsync(caller, no, null, cancel), answered =>
            {
                if (answered.OncePassword is not null) WriteSecret(path!, answered.OncePassword);
                return Answer.Of(new { change = Json(answered.Change), password_file = answered.OncePassword is null ? null : path, until = answered.Until }, output =>
                {
                    output.Line(context.Text($"Đã xác nhận {answered.Change.ChangeNo}: {answered.Change.UserName}, {answered.Change.Kind}.", $"Confirmed {answered.Change.ChangeNo}: {answered.Change.UserName}, {answered.Change.Kind}."));
                    if (answered.OncePassword is not null) output.Line(context.Text($"Mật khẩu dùng một lần nằm trong {path}, trong một ngày.", $"The password for once is in {path}, for one day."));
                });
            });
        });
    }

    static Command Reject(CommandContext context)
    {
        var number = Number(context);
        var reason = Reason(context);
        return new Command("reject", context.Text("Bác việc của một người quản trị khác", "Reject what was asked for")) { number, reason }.AsCaller(context, async (parse, database, caller, cancel) =>
            Answer.From(await new UserAdministration(database, context.Clock).AnswerAsync(caller, parse.GetRequiredValue(number), parse.GetRequiredValue(reason), cancel), answered =>
                Answer.Of(new { change = Json(answered.Change) }, output => output.Line(context.Text($"Đã bác {answered.Change.ChangeNo}.", $"Rejected {answered.Change.ChangeNo}.")))));
    }

    static Command End(CommandContext context)
    {
        var name = Name(context);
        var reason = Reason(context);
        return new Command("end", context.Text("Kết thúc một tài khoản; tên không dùng lại", "End an account; its name is not given again")) { name, reason }.AsCaller(context, async (parse, database, caller, cancel) =>
            Answer.From(await new UserAdministration(database, context.Clock).EndAsync(caller, parse.GetRequiredValue(name), parse.GetRequiredValue(reason), cancel), _ => Answer.Said(context.Text($"Đã kết thúc {parse.GetRequiredValue(name)}.", $"Ended {parse.GetRequiredValue(name)}."))));
    }

    static Command Unlock(CommandContext context)
    {
        var name = Name(context);
        var reason = Reason(context);
        return new Command("unlock", context.Text("Mở khóa trước hạn", "End a lock before its time")) { name, reason }.AsCaller(context, async (parse, database, caller, cancel) =>
            Answer.From(await new UserAdministration(database, context.Clock).UnlockAsync(caller, parse.GetRequiredValue(name), parse.GetRequiredValue(reason), cancel), _ => Answer.Said(context.Text($"Đã mở khóa {parse.GetRequiredValue(name)}.", $"Unlocked {parse.GetRequiredValue(name)}."))));
    }

    static Command Key(CommandContext context)
    {
        var name = Name(context);
        var reason = Reason(context);
        var to = Out(context, context.Text("Tệp để ghi khóa mới", "File for the new key"));
        return new Command("key", context.Text("Khóa mới cho tài khoản dịch vụ; khóa cũ hết hiệu lực ngay", "A new key for a service account; the old one is over at once")) { name, reason, to }.AsCaller(context, async (parse, database, caller, cancel) =>
        {
            var path = parse.GetRequiredValue(to);
            if (MayNotWrite(path) is { } taken) return Answer.Refused(taken);
            return Answer.From(await new UserAdministration(database, context.Clock).RenewKeyAsync(caller, parse.GetRequiredValue(name), parse.GetRequiredValue(reason), cancel), key =>
            {
                WriteSecret(path, key);
                return Answer.Of(new { user = parse.GetRequiredValue(name), key = path }, output => output.Line(context.Text($"Khóa mới nằm trong {path}.", $"The new key is in {path}.")));
            });
        });
    }

    static Command Events(CommandContext context)
    {
        var name = new Option<string?>("--user") { HelpName = "NAME", Description = context.Text("Chỉ của người này", "Of this user only") };
        var most = new Option<int>("--most") { HelpName = "N", DefaultValueFactory = _ => 100, Description = context.Text("Nhiều nhất bao nhiêu dòng", "At most so many") };
        return new Command("events", context.Text("Đăng nhập và việc khác ở cửa, mới nhất trước", "Logins and what else happened at the door, the latest first")) { name, most }.AsCaller(context, async (parse, database, caller, cancel) =>
            Answer.From(await new UserAdministration(database, context.Clock).EventsAsync(caller, parse.GetValue(name), Math.Clamp(parse.GetValue(most), 1, 10_000), cancel), events =>
                Answer.Of(new { events = events.Select(one => new { number = one.EventNo, user = one.UserName, happened = one.Event, door = one.Door, by = one.By, at = one.At }) }, output =>
                {
                    var table = new TextTable(new TextColumn(context.Text("Lúc", "At")), new TextColumn(context.Text("Người dùng", "User")), new TextColumn(context.Text("Việc", "What")), new TextColumn(context.Text("Cửa", "Door")), new TextColumn(context.Text("Bởi", "By")));
                    foreach (var one in events) table.Row(one.At.ToString("uuuu-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture), one.UserName, one.Event, one.Door, one.By);
                    output.Table(table);
                })));
    }

    static Command Sessions(CommandContext context) => new Command("sessions", context.Text("Các phiên đang mở của tôi", "My open sessions")).AsCaller(context, async (_, database, caller, cancel) =>
    {
        var held = SessionFile.Read(context.Settings.Session.Value);
        var open = await context.Sessions(database).SessionsAsync(caller, held?.Token ?? "", cancel);
        return Answer.Of(new { sessions = open.Select(one => new { door = one.Door, opened_at = one.OpenedAt, last_used_at = one.LastUsedAt, expires_at = one.ExpiresAt, this_one = one.IsThisOne }) }, output =>
        {
            var table = new TextTable(new TextColumn(context.Text("Cửa", "Door")), new TextColumn(context.Text("Mở lúc", "Opened")), new TextColumn(context.Text("Dùng lần cuối", "Last used")), new TextColumn(context.Text("Hết lúc", "Over at")), new TextColumn(""));
            foreach (var one in open) table.Row(one.Door, Text(one.OpenedAt), Text(one.LastUsedAt), Text(one.ExpiresAt), one.IsThisOne ? context.Text("phiên này", "this one") : "");
            output.Table(table);
        });

        static string Text(NodaTime.Instant at) => at.ToString("uuuu-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
    });

    static Argument<string> Name(CommandContext context) => new("name") { Description = context.Text("Tên đăng nhập", "User name") };

    static Argument<int> Number(CommandContext context) => new("number") { Description = context.Text("Số của việc (user pending)", "Number of the item (user pending)") };

    static Option<string?> FullName(CommandContext context) => new("--name") { HelpName = "TEXT", Description = context.Text("Họ và tên", "Full name") };

    static Option<string> Reason(CommandContext context) => new("--reason") { Required = true, HelpName = "TEXT", Description = context.Text("Lý do; được lưu", "Why; it is kept") };

    static Option<string> Out(CommandContext context, string description) => new("--out") { Required = true, HelpName = "F", Description = description };

    static List<string> Parts(string[]? given) => (given ?? []).SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct().ToList();

    static List<string> Words(string[]? given) => Parts(given).Select(word => word.Replace('-', '_')).ToList();

    static Problem? MayNotWrite(string path) => !File.Exists(path) ? null : new Problem("file.exists", $"There is a file {path} already.", "A secret is never written over something: name another file.").In(path);

    static void WriteSecret(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using var file = new StreamWriter(path, options);
        file.Write(text + "\n");
    }

    static object Json(StoredUserChange change) => new
    {
        number = change.ChangeNo, user = change.UserName, kind = change.Kind, roles = change.Roles, reason = change.Reason, alone = change.Alone, asked_by = change.AskedBy, asked_at = change.AskedAt, answer = change.Answer, answered_by = change.AnsweredBy, answered_at = change.AnsweredAt,
    };

    static Answer Added(CommandContext context, AddedUser user, string? keyFile = null) =>
        Answer.Of(new { user = user.UserName, name = user.FullName, roles = user.Roles, communes = user.CommuneCodes, change = user.ChangeNo, pending = user.IsPending, key = keyFile }, output =>
        {
            output.Line(context.Text($"Đã thêm {user.FullName} ({user.UserName}): {string.Join(", ", user.Roles)}.", $"Added {user.FullName} ({user.UserName}): {string.Join(", ", user.Roles)}."));
            if (user.IsPending) output.Line(context.Text($"Chờ người quản trị thứ hai: payengine user approve {user.ChangeNo}.", $"Waits for the second administrator: payengine user approve {user.ChangeNo}."));
            if (keyFile is not null) output.Line(context.Text($"Khóa nằm trong {keyFile}.", $"The key is in {keyFile}."));
        });

    static Answer Asked(CommandContext context, StoredUserChange change) => Answer.Of(new { change = Json(change), pending = !change.Alone }, output => output.Line(change.Alone
        ? context.Text($"Đã làm: {change.UserName}, {change.Kind}. Tỉnh chỉ có một người quản trị.", $"Done: {change.UserName}, {change.Kind}. The province has one administrator only.")
        : context.Text($"Chờ người quản trị thứ hai: payengine user approve {change.ChangeNo}.", $"Waits for the second administrator: payengine user approve {change.ChangeNo}.")));
}
