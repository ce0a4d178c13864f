using System.Runtime.InteropServices;
using System.Text;
using NodaTime;
using PaymentEngine.App.CommandLine;

// The edge of the program: the real clock, the real streams, the real environment. Everything behind takes them from its CommandContext.
var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
using var output = new StreamWriter(Console.OpenStandardOutput(), utf8, bufferSize: 65_536);
using var error = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardError(), utf8));
using var stop = new CancellationTokenSource();
var context = new CommandContext(args, SystemClock.Instance, Settings.FromEnvironment(), output, error, !Console.IsOutputRedirected, !Console.IsErrorRedirected);

// Ctrl-C and SIGTERM ask for a clean stop; a second one leaves at once. A killed process harms nothing either: the database decides.
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await PayEngine.RunAsync(args, context, stop.Token);

void Stop(PosixSignalContext signal)
{
    if (stop.IsCancellationRequested) Environment.Exit(ExitCode.Stopped);
    signal.Cancel = true;
    context.Output.Talk(context.Text("Đang dừng an toàn… (nhấn lần nữa để thoát ngay)", "Stopping safely… (once more to leave at once)"));
    stop.Cancel();
}
