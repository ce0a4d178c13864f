using System.CommandLine;
using System.Globalization;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine user add NAME --role …</c> and <c>payengine user list</c>.</summary>
static class UserCommand
{
    public static Command Create(CommandContext context)
    {
        var name = new Argument<string>("name") { Description = context.Text("Tên đăng nhập", "User name") };
        var role = new Option<string[]>("--role") { Required = true, AllowMultipleArgumentsPerToken = true, HelpName = "R,R", Description = context.Text("Vai trò: ", "Roles: ") + string.Join(", ", Role.All) };
        var commune = new Option<string[]>("--commune") { AllowMultipleArgumentsPerToken = true, HelpName = "C,C", Description = context.Text("Mã xã được xem và làm việc; không có là toàn tỉnh", "Codes of the communes they act in; none is the whole province") };
        var fullName = new Option<string?>("--name") { HelpName = "TEXT", Description = context.Text("Họ và tên", "Full name") };
        var province = new Option<string?>("--province") { HelpName = "CODE", Description = context.Text("Mã tỉnh, chỉ cho người dùng đầu tiên", "Province code, for the first user only") };
        var file = Passwords.FileOption(context);
        var add = new Command("add", context.Text("Thêm người dùng; người đầu tiên là quản trị", "Add a user; the first one is the administrator")) { name, role, commune, fullName, province, file };
        add.Answers(context, (parse, cancel) =>
        {
            var userName = parse.GetRequiredValue(name);
            return AddAsync(context, userName, parse.GetValue(fullName) ?? userName, Parts(parse.GetValue(role)).Select(word => word.Replace('-', '_')).ToList(), Parts(parse.GetValue(commune)), parse.GetValue(province), parse.GetValue(file), cancel);
        });
        var list = new Command("list", context.Text("Danh sách người dùng", "List the users")).Answers(context, (_, cancel) => ListAsync(context, cancel));
        return new Command("user", context.Text("Người dùng, vai trò và địa bàn", "Users, their roles and territory")) { add, list };
    }

    static List<string> Parts(string[]? given) => (given ?? []).SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct().ToList();

    static async Task<Answer> AddAsync(CommandContext context, string name, string fullName, List<string> roles, List<string> communes, string? province, string? file, CancellationToken cancel)
    {
        short? provinceCode = null;
        if (province is not null)
        {
            if (!short.TryParse(province, NumberStyles.None, CultureInfo.InvariantCulture, out var code)) return Answer.Refused(new Problem("usage.province", $"'{province}' is not a province code.", "Use the two digits of law/provinces.csv."));
            provinceCode = code;
        }
        var password = Passwords.Read(context, file);
        if (!password.IsOk) return Answer.Refused(password.Problems);
        return await context.WithDatabaseAsync(async database =>
        {
            var people = new People(database, context.Clock);
            var caller = await context.FindCallerAsync(database, cancel);
            return Answer.From(await people.AddAsync(caller.IsOk ? caller.Value : null, new NewUser(name, fullName, password.Value, roles, communes), provinceCode, cancel), user =>
                Answer.Of(new { user = user.UserName, name = user.FullName, roles = user.Roles, communes = user.CommuneCodes }, output => output.Line(context.Text(
                    $"Đã thêm {user.FullName} ({user.UserName}): {string.Join(", ", user.Roles)}.", $"Added {user.FullName} ({user.UserName}): {string.Join(", ", user.Roles)}."))));
        }, cancel);
    }

    static Task<Answer> ListAsync(CommandContext context, CancellationToken cancel) => context.AsCallerAsync(async (database, caller) =>
        Answer.From(await new People(database, context.Clock).ListAsync(caller, cancel), users =>
            Answer.Of(new { users = users.Select(user => new { user = user.UserName, name = user.FullName, roles = user.Roles, communes = user.CommuneCodes, locked_until = user.LockedUntil }) }, output =>
            {
                var table = new TextTable(new TextColumn(context.Text("Tên đăng nhập", "User")), new TextColumn(context.Text("Họ và tên", "Name")), new TextColumn(context.Text("Vai trò", "Roles")), new TextColumn(context.Text("Địa bàn", "Territory")));
                foreach (var user in users) table.Row(user.UserName, user.FullName, string.Join(", ", user.Roles), user.CommuneCodes is null ? context.Text("toàn tỉnh", "whole province") : string.Join(", ", user.CommuneCodes));
                output.Table(table);
            })), cancel);
}
