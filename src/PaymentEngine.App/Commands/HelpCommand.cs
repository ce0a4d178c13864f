using System.CommandLine;
using System.Globalization;
using PaymentEngine.App.CommandLine;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine help exit-codes</c>: what the program says to a script.</summary>
static class HelpCommand
{
    public static Command Create(CommandContext context)
    {
        var help = new Command("help", context.Text("Giải thích thêm ngoài --help", "What --help does not say"));
        help.Add(new Command("exit-codes", context.Text("Ý nghĩa các mã kết thúc", "What the exit codes mean")).Answers(context, _ => ExitCodes(context)));
        return help;
    }

    static Answer ExitCodes(CommandContext context)
    {
        (int Code, string Meaning)[] all =
        [
            (ExitCode.Done, context.Text("xong", "done")),
            (ExitCode.OurFault, context.Text("lỗi của chương trình hoặc của máy", "a fault of the program or the machine")),
            (ExitCode.WrongUsage, context.Text("gọi lệnh sai", "wrong usage")),
            (ExitCode.Refused, context.Text("dữ liệu vào bị từ chối, chưa có gì được áp dụng", "the input was refused and nothing was applied")),
            (ExitCode.NotAllowed, context.Text("không được phép: quyền, tách bạch trách nhiệm, trạng thái", "not allowed: rights, separation of duties, state")),
            (ExitCode.NeighbourSilent, context.Text("cơ sở dữ liệu hoặc kênh ngân hàng không trả lời", "the database or a bank channel does not answer")),
            (ExitCode.Stopped, context.Text("người dùng dừng (Ctrl-C)", "stopped by the user (Ctrl-C)")),
        ];
        return Answer.Of(new { exit_codes = all.Select(one => new { code = one.Code, meaning = one.Meaning }) }, output =>
        {
            var table = new TextTable(new TextColumn(context.Text("Mã", "Code"), true), new TextColumn(context.Text("Ý nghĩa", "Meaning")));
            foreach (var (code, meaning) in all) table.Row(code.ToString(CultureInfo.InvariantCulture), meaning);
            output.Table(table);
        });
    }
}
