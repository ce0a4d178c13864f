using System.CommandLine;
using System.Diagnostics;
using PaymentEngine.App.Commands;
using PaymentEngine.Core;

namespace PaymentEngine.App.CommandLine;

/// <summary>The whole program as one call: arguments in, exit code out. <c>Program.cs</c> and the tests stand before the same door.</summary>
public static class PayEngine
{
    public static async Task<int> RunAsync(string[] args, CommandContext context, CancellationToken cancel)
    {
        try
        {
            var root = Root(context);
            if (args.Length == 0) args = ["--help"];
            // No shell can give this character; whoever calls the program otherwise is told before a path or a statement meets it.
            if (args.Any(word => word.Contains('\0', StringComparison.Ordinal)))
            {
                var wrong = Answer.Refused([new Problem("usage.wrong", "An argument holds the character NUL.", "Leave it out: no name, path or text has it.")], ExitCode.WrongUsage);
                context.Output.Write(wrong);
                return wrong.Exit;
            }

            var parse = root.Parse(args);
            // Asking for help silences the parser about words that are no commands: they are wrong all the same.
            // A shell asks what could follow half a line: that is never right usage yet.
            if ((parse.Errors.Count > 0 || parse.UnmatchedTokens.Count > 0) && !args[0].StartsWith("[suggest", StringComparison.Ordinal))
            {
                var wrong = WrongUsage.Of(parse, context);
                context.Output.Write(wrong);
                return wrong.Exit;
            }
            // A profile that is wrong must be found with the program that reads it: checking one asks for no other.
            if (!(args.Contains("profile") && args.Contains("check")) && BankProfileCommand.LoadFolder(context) is { Count: > 0 } faults)
            {
                var refused = Answer.Refused(faults);
                context.Output.Write(refused);
                return refused.Exit;
            }

            return await parse.InvokeAsync(new InvocationConfiguration
            {
                Output = context.Out, Error = context.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null,
            }, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            context.Output.Talk(context.Text("Đã dừng. Phần đã ghi vẫn còn nguyên; chạy lại lệnh này để làm tiếp.", "Stopped. What was committed stands; run the command again to go on."));
            return ExitCode.Stopped;
        }
        catch (Exception bug)
        {
            // Expected refusals are values; what arrives here is a fault of ours or of the machine.
            var answer = Answer.Refused(Faults.ProblemOf(bug));
            context.Output.Write(answer);
            if (context.Debug) await context.Error.WriteLineAsync(bug.ToString());
            return answer.Exit;
        }
        finally
        {
            await context.Out.FlushAsync(CancellationToken.None);
            await context.Error.FlushAsync(CancellationToken.None);
        }
    }

    /// <summary>The answer of one command, not written anywhere: of the API, which says it in its own form. A fault is thrown.</summary>
    /// <param name="words">The command's words; none is a file of further words, whatever it begins with.</param>
    /// <param name="inContext">What the command stands in, given who takes its answer.</param>
    /// <param name="cancel">Stops it.</param>
    internal static async Task<Answer> AnswerAsync(IReadOnlyList<string> words, Func<Action<Answer>, CommandContext> inContext, CancellationToken cancel)
    {
        Answer? said = null;
        var context = inContext(answer => said = answer);
        var parse = Root(context).Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parse.Errors.Count > 0 || parse.UnmatchedTokens.Count > 0) return WrongUsage.Of(parse, context);
        await parse.InvokeAsync(new InvocationConfiguration { Output = TextWriter.Null, Error = TextWriter.Null, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, cancel);
        return said ?? throw new InvalidOperationException($"'{words[0]}' gave no answer.");
    }

    internal static RootCommand Root(CommandContext context)
    {
        var root = new RootCommand(context.Text(
            "PaymentEngine: chi trả trợ cấp xã hội hằng tháng, từ danh sách đến biên bản khớp từng đồng.",
            "PaymentEngine: pays monthly social benefits, from the register to a certificate that closes to the đồng."));
        root.Add(new Option<bool>("--json") { Recursive = true, Description = context.Text("Kết quả là một tài liệu JSON trên đầu ra chuẩn", "The answer as one JSON document on standard output") });
        var language = new Option<string>("--lang") { Recursive = true, Description = context.Text("Ngôn ngữ: vi (mặc định) hoặc en", "Language: vi (default) or en"), HelpName = "vi|en" };
        language.AcceptOnlyFromAmong("vi", "en");
        root.Add(language);
        root.Add(new Option<bool>("--quiet") { Recursive = true, Description = context.Text("Không nói gì thêm ngoài kết quả", "Nothing but the result") });
        root.Add(new Option<bool>("--debug") { Recursive = true, Description = context.Text("Kèm dấu vết lỗi của chương trình", "With stack traces of faults") });
        root.Add(new Option<bool>("--no-color") { Recursive = true, Description = context.Text("Không dùng màu", "Without colour") });
        foreach (var command in AllCommands.Create(context)) root.Add(command);
        Completions.Offer(root, context);
        Examples.ShowFirst(root, context);
        return root;
    }
}
