using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PaymentEngine.App.Banks;
using PaymentEngine.App.CommandLine;
using PaymentEngine.Core;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine bank verify FILE|FOLDER</c>: the bank's side, before it loads a file. Needs no database.</summary>
static class BankVerifyCommand
{
    public static Command Create(CommandContext context)
    {
        var path = new Argument<string>("FILE|FOLDER") { Description = context.Text("Tệp lệnh chi (hoặc bản kê), hay thư mục có chúng", "Payment file (or manifest), or the folder they are in") };
        var certificate = new Option<string?>("--cert") { HelpName = "C", Description = context.Text("Chứng thư của người ký (PEM hoặc DER), hoặc của nơi cấp", "Certificate of the signer (PEM or DER), or of who issued it") };
        var fingerprint = new Option<string?>("--fingerprint") { HelpName = "F", Description = context.Text("Dấu vân tay SHA-256 của chứng thư, như đã in trên giấy", "SHA-256 fingerprint of the certificate, as printed on paper") };
        return new Command("verify", context.Text("Phía ngân hàng: tệp đúng với bản kê và chữ ký thì mới nạp", "The bank's side: a file fits its manifest and signature before it is loaded")) { path, certificate, fingerprint }
            .Answers(context, parse => Verify(context, parse.GetRequiredValue(path), parse.GetValue(certificate), parse.GetValue(fingerprint)));
    }

    static Answer Verify(CommandContext context, string path, string? certificatePath, string? fingerprintText)
    {
        if (certificatePath is not null && fingerprintText is not null)
            return Answer.Refused(new Problem("usage.one_signer", "The signer is named by a certificate or by a fingerprint.", "Give one of --cert and --fingerprint."));
        var fingerprint = fingerprintText?.Replace(":", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();
        if (fingerprint is not null && (fingerprint.Length != 64 || !fingerprint.All(char.IsAsciiHexDigit)))
            return Answer.Refused(new Problem("usage.fingerprint", $"'{fingerprintText}' is not a SHA-256 fingerprint.", "It has 64 figures 0-9 and a-f, with or without colons: openssl x509 -noout -fingerprint -sha256 -in CERT."));
        X509Certificate2? certificate = null;
        try
        {
            if (certificatePath is not null) certificate = X509CertificateLoader.LoadCertificateFromFile(certificatePath);
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException)
        {
            return Answer.Refused(new Problem("bank_verify.certificate_unreadable", $"{certificatePath} is not a certificate: {unreadable.Message}", "Give it as PEM or DER.").In(certificatePath));
        }

        using (certificate) return Answer.From(new FileVerification(context.Files, new(certificate, fingerprint)).Verify(Path.GetFullPath(path)), verified => Say(context, verified));
    }

    static Answer Say(CommandContext context, IReadOnlyList<VerifiedFile> verified)
    {
        var wrong = verified.Count(file => file.Problems.Count > 0);
        return Answer.Of(new
        {
            fits = wrong == 0,
            files = verified.Select(file => new
            {
                file = file.File, fits = file.Problems.Count == 0, msg_id = file.Manifest?.MessageId, run = file.Manifest?.Run, items = file.Manifest?.Count, sum_vnd = file.Manifest?.Sum,
                sha256 = file.Manifest?.Sha256, list_hash = file.Manifest?.ListHash, account_hash_total = file.Manifest?.AccountHashTotal,
                prepared_by = file.Manifest?.PreparedBy, approved_by = file.Manifest?.ApprovedBy.Select(approval => approval.Person),
                signers = file.Signers.Select(signer => new { subject = signer.Subject, fingerprint = signer.Fingerprint, signed_at = signer.SignedAt, compared = signer.Compared }),
                problems = file.Problems.Select(problem => new { code = problem.Code, message = problem.Message, remedy = problem.Remedy, file = problem.At?.File, line = problem.At?.Line }),
            }),
        }, output =>
        {
            foreach (var file in verified)
            {
                var name = Path.GetFileName(file.File);
                if (file.Problems.Count > 0)
                {
                    output.Line(context.Text($"{name}: KHÔNG KHỚP", $"{name}: DOES NOT FIT"));
                    foreach (var problem in file.Problems) output.Line($"  {problem} [{problem.Code}]");
                    continue;
                }

                var manifest = file.Manifest!;
                output.Line(context.Text($"{name}: khớp · {ViText.Count(manifest.Count)} lệnh chi · {ViText.Money(manifest.Sum)}", $"{name}: fits · {ViText.Count(manifest.Count)} payments · {ViText.Money(manifest.Sum)}"));
                output.Line(context.Text($"  tổng số tài khoản {manifest.AccountHashTotal.ToString(CultureInfo.InvariantCulture)} · lập: {manifest.PreparedBy} · duyệt: {string.Join(", ", manifest.ApprovedBy.Select(approval => approval.Person))}",
                    $"  account hash total {manifest.AccountHashTotal.ToString(CultureInfo.InvariantCulture)} · prepared by {manifest.PreparedBy} · approved by {string.Join(", ", manifest.ApprovedBy.Select(approval => approval.Person))}"));
                foreach (var signer in file.Signers)
                {
                    output.Line(context.Text($"  ký: {signer.Subject}, dấu vân tay {signer.Fingerprint}{(signer.Compared ? " – đúng chứng thư đã nêu" : "")}",
                        $"  signed by {signer.Subject}, fingerprint {signer.Fingerprint}{(signer.Compared ? ", the certificate you named" : "")}"));
                }

                if (file.Signers.Any(signer => !signer.Compared))
                    output.Line(context.Text("  Chưa so chứng thư: hãy so dấu vân tay với bản đã in, hoặc thêm --cert hay --fingerprint.", "  The certificate was not compared: hold the fingerprint against the printed one, or add --cert or --fingerprint."));
            }

            output.Line(wrong == 0
                ? context.Text($"{ViText.Count(verified.Count)} tệp đều khớp.", $"All {ViText.Count(verified.Count)} files fit.")
                : context.Text($"{ViText.Count(wrong)} trong {ViText.Count(verified.Count)} tệp không khớp. Không nạp.", $"{ViText.Count(wrong)} of {ViText.Count(verified.Count)} files do not fit. Do not load them."));
        }) with { Exit = wrong == 0 ? ExitCode.Done : ExitCode.Refused };
    }
}
