using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using NodaTime;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Files;
using PaymentEngine.App.Keys;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Approvals;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine run approve</c>, <c>run statement</c> and <c>run signatures</c>: an approval is of a content that was read, and is signed.</summary>
static class RunApprovalCommands
{
    public static Command Approve(CommandContext context)
    {
        var run = RunCommand.RunArgument(context);
        var total = RunCommand.ConfirmTotal(context);
        var hash = new Option<string?>("--hash") { HelpName = "H", Description = context.Text("Mã nội dung đã đọc (run show, tờ trình), ít nhất 8 số đầu; nội dung khác thì từ chối", "Content hash that was read (run show, the paper), its first 8 figures or more; any other content is refused") };
        var key = new Option<string?>("--sign-with") { HelpName = "F", Description = context.Text("Ký bằng chứng thư của chính người duyệt (.p12, .pfx, .pem) thay cho khóa của chương trình", "Sign with the approver's own certificate (.p12, .pfx, .pem) instead of the program's key") };
        var password = new Option<string?>("--sign-password-file") { HelpName = "F", Description = context.Text("Tệp có mật khẩu của khóa ký", "File with the password of that key") };
        var signature = new Option<string?>("--signature") { HelpName = "F", Description = context.Text("Chữ ký CMS tách rời trên bản của run statement, ký ở nơi khác (token)", "Detached CMS signature over what run statement wrote, made elsewhere (a token)") };
        return new Command("approve", context.Text("Duyệt đợt của người khác lập, hoặc mọi đợt đã trình của một tháng", "Approve a run made by somebody else, or every submitted run of a month")) { run, total, hash, key, password, signature }
            .Answers(context, async (parse, cancel) =>
            {
                var signing = Signer(context, parse.GetValue(key), parse.GetValue(password), parse.GetValue(signature));
                if (!signing.IsOk) return Answer.Refused(signing.Problems);
                using var own = signing.Value.Signer?.Certificate;
                return await context.AsCallerAsync(async (database, caller) =>
                {
                    var text = parse.GetRequiredValue(run);
                    if (Months.Parse(text).TryGet(out var month))
                    {
                        return signing.Value.Signer?.Signature is null ? await ApproveMonthAsync(context, database, caller, month, parse.GetValue(total), parse.GetValue(hash), signing.Value.Signer, cancel)
                            : Answer.Refused(new Problem("usage.one_run", "A signature made elsewhere is over one run.", "Approve the runs one by one."));
                    }

                    if (!RunId.Parse(text).TryGet(out var id)) return RunCommand.NotARun(text);
                    var runs = RunCommand.Runs(context, database);
                    var seen = await SeenAsync(context, parse.GetValue(hash), async () => (await runs.ShowAsync(caller, id, cancel)).Select(view => RunPaper.Run(context, view)));
                    if (!seen.IsOk) return Answer.Refused(seen.Problems);
                    if (RunCommand.Asked(context, parse.GetValue(total), "--confirm-total", context.Text("Tổng tiền (đồng): ", "Total (đồng): ")) is not { } sum) return RunCommand.Unconfirmed("--confirm-total");
                    return Answer.From(await runs.ApproveAsync(caller, id, sum, seen.Value, signing.Value.Signer, cancel), view => RunPaper.Step(context, view, "submitted"));
                }, cancel);
            });
    }

    public static Command Statement(CommandContext context)
    {
        var run = RunCommand.RunArgument(context);
        var to = new Option<string>("--out") { Required = true, HelpName = "F", Description = context.Text("Tệp để ghi", "File to write") };
        return new Command("statement", context.Text("Ghi ra điều người duyệt ký, để ký ở nơi khác (token)", "Write what the approver signs, to sign it elsewhere (a token)")) { run, to }.AsCaller(context, async (parse, database, caller, cancel) =>
        {
            var text = parse.GetRequiredValue(run);
            if (!RunId.Parse(text).TryGet(out var id)) return RunCommand.NotARun(text);
            var path = Path.GetFullPath(parse.GetRequiredValue(to));
            if (context.Files.Exists(path)) return Answer.Refused(new Problem("file.exists", $"There is a file {path} already.", "Name another file.").In(path));
            return Answer.From(await RunCommand.Runs(context, database).StatementAsync(caller, id, cancel), statement =>
            {
                context.Files.WriteBeside(path, output => output.Write(Encoding.UTF8.GetBytes(statement)));
                context.Files.Appear(path);
                return Answer.Of(new { run = id.ToString(), file = path, statement }, output =>
                {
                    output.Line(context.Text($"Ký đúng tệp {path} (CMS tách rời, DER), rồi: payengine run approve {id} --hash … --signature F.", $"Sign exactly {path} (detached CMS, DER), then: payengine run approve {id} --hash … --signature F."));
                    output.Talk("openssl cms -sign -binary -in F -signer C.pem -inkey K.pem -outform DER -out F.p7s");
                });
            });
        });
    }

    public static Command Signatures(CommandContext context)
    {
        var run = RunCommand.RunArgument(context);
        var to = new Option<string?>("--out") { HelpName = "D", Description = context.Text("Thư mục để ghi bản đã ký và chữ ký", "Folder for the statements and their signatures") };
        return new Command("signatures", context.Text("Ai đã ký duyệt, bằng chứng thư nào; kiểm tra lại từng chữ ký", "Who signed the approvals, with which certificate; every signature is checked again")) { run, to }.AsCaller(context, async (parse, database, caller, cancel) =>
        {
            var text = parse.GetRequiredValue(run);
            if (!RunId.Parse(text).TryGet(out var id)) return RunCommand.NotARun(text);
            var keys = KeyFolder.Open(context.Settings.Keys.Value, context.Clock);
            if (!keys.IsOk) return Answer.Refused(keys.Problems);
            var folder = parse.GetValue(to) is { } given ? Path.GetFullPath(given) : null;
            var checkedAll = await new ApprovalSignatures(database, context.Files, keys.Value).OfAsync(caller, id, folder, cancel);
            if (!checkedAll.TryGet(out var all)) return Answer.Refused(checkedAll.Problems);
            var broken = all.Select(one => one.Problem).OfType<Problem>().ToList();
            if (broken.Count > 0) return Answer.Refused(broken, ExitCode.Refused);
            return Answer.Of(new { run = id.ToString(), folder, signatures = all.Select(one => new { level = one.Level, person = one.Person, subject = one.Subject, fingerprint = one.Fingerprint, own = one.IsOwn, signed_at = one.SignedAt }) }, output =>
            {
                foreach (var one in all)
                {
                    output.Line(context.Text($"Cấp {one.Level}: {one.Person}, {(one.IsOwn ? "chứng thư riêng" : "khóa của hệ thống")} {one.Subject}, dấu vân tay {one.Fingerprint}. Chữ ký đúng.",
                        $"Level {one.Level}: {one.Person}, {(one.IsOwn ? "own certificate" : "key of the installation")} {one.Subject}, fingerprint {one.Fingerprint}. The signature holds."));
                }

                if (folder is not null) output.Talk("openssl cms -verify -binary -inform DER -noverify -content F.approval.txt -in F.approval.p7s -out /dev/null");
            });
        });
    }

    static async Task<Answer> ApproveMonthAsync(CommandContext context, Database database, Caller caller, YearMonth month, long? declared, string? hash, ApprovalSigner? signer, CancellationToken cancel)
    {
        var runs = RunCommand.Runs(context, database);
        var shown = await runs.ShowMonthAsync(caller, month, cancel);
        if (!shown.TryGet(out var all)) return Answer.Refused(shown.Problems);
        var waiting = all.Where(view => view.Run.Step == "submitted" && !view.Run.Voided).ToList();
        if (waiting.Count == 0)
        {
            return all.Any(view => view.Run.Step == "approved") ? RunPaper.Month(context, month, all)
                : Answer.Refused(new Problem("not_allowed.state", $"No run of {month.Text()} is submitted.", $"See where they stand: payengine run show {month.Text()}."));
        }

        var seen = await SeenAsync(context, hash, () => Task.FromResult(Result<Answer>.Ok(RunPaper.Month(context, month, all))));
        if (!seen.IsOk) return Answer.Refused(seen.Problems);
        if (seen.Value.Length < PaymentRuns.HashFiguresMin || !RunPaper.ContentHash(all)!.StartsWith(seen.Value, StringComparison.OrdinalIgnoreCase))
            return Answer.Refused(new Problem("not_allowed.other_content", $"Read was the content {seen.Value}; that of {month.Text()} is {RunPaper.ContentHash(all)}.", $"Read the month again: payengine run show {month.Text()}."));
        var sum = waiting.Sum(view => view.Total!.DeclaredVnd);
        if (RunCommand.Asked(context, declared, "--confirm-total", context.Text($"Tổng tiền của {waiting.Count} đợt (đồng): ", $"Total of {waiting.Count} runs (đồng): ")) is not { } typed) return RunCommand.Unconfirmed("--confirm-total");
        if (typed != sum) return Answer.Refused(new Problem("run.total_differs", $"Confirmed are {typed} đồng; the {waiting.Count} submitted runs hold {sum} đồng.", $"Read them again: payengine run show {month.Text()}."));
        var approved = new List<RunView>();
        foreach (var view in waiting)
        {
            var one = await runs.ApproveAsync(caller, view.Id, view.Total!.DeclaredVnd, Convert.ToHexStringLower(view.Total.ContentHash), signer, cancel);
            if (!one.TryGet(out var done)) return Answer.Refused(one.Problems);
            approved.Add(done);
        }

        return RunPaper.Month(context, month, approved);
    }

    /// <summary>The hash of the flag, or the figures that a person types after the run was put before their eyes.</summary>
    static async Task<Result<string>> SeenAsync(CommandContext context, string? given, Func<Task<Result<Answer>>> show)
    {
        if (given is not null) return given.Trim();
        if (Console.IsInputRedirected || !context.ErrorIsTerminal || context.Json)
            return new Problem("usage.hash_missing", "An approval names the content that was read.", "Read the run or its paper, and give its content hash: --hash H (the first 8 figures are enough).");
        var shown = await show();
        if (!shown.TryGet(out var paper)) return Result<string>.Refuse(shown.Problems);
        context.Output.Write(paper);
        context.Error.Write(context.Text("8 số đầu của mã nội dung: ", "First 8 figures of the content hash: "));
        context.Error.Flush();
        return (Console.ReadLine() ?? "").Trim();
    }

    static Result<(ApprovalSigner? Signer, bool IsOwn)> Signer(CommandContext context, string? keyFile, string? passwordFile, string? signatureFile)
    {
        if (keyFile is not null && signatureFile is not null) return new Problem("usage.one_signature", "An approval is signed with a key, or carries a signature made elsewhere.", "Give one of --sign-with and --signature.");
        if (signatureFile is not null)
        {
            if (context.Files.WhyUnreadable(signatureFile) is { } unreadable) return unreadable;
            if (context.Files.Size(signatureFile) > ManifestSignature.BytesMax) return new Problem("signature.malformed", "The file is too large for a signature.", "Give the detached CMS signature (DER).").In(signatureFile);
            return (new ApprovalSigner(null, File.ReadAllBytes(signatureFile)), true);
        }

        if (keyFile is null) return ((ApprovalSigner?)null, false);
        if (passwordFile is not null && context.Files.WhyUnreadable(passwordFile) is { } noPassword) return noPassword;
        var opened = SigningKeyFile.Open(Path.GetFullPath(keyFile), passwordFile is null ? null : File.ReadAllText(passwordFile).TrimEnd('\r', '\n'), context.Clock.GetCurrentInstant());
        return opened.Select(certificate => ((ApprovalSigner?)new ApprovalSigner(certificate, null), true));
    }
}
