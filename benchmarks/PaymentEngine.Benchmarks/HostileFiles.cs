using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Messages.Iso20022;

namespace PaymentEngine.Benchmarks;

/// <summary>Files made to do harm, each read by a process of its own: seconds until it is refused, and the most memory the process ever had. The aim is 2 s and 100 MB.</summary>
static class HostileFiles
{
    const string Begins = "<?xml version=\"1.0\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>S</MsgId></GrpHdr><Stmt><Id>1</Id>";
    const string Ends = "</Stmt></BkToCstmrStmt></Document>";
    const string Entry = "<Ntry><Amt Ccy=\"VND\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts></Ntry>";

    /// <summary>A stream without an end is refused at this limit; the reader's own is 8 GB, which no machine reads in two seconds.</summary>
    const long EndlessMax = 100_000_000;

    static readonly (string Name, Func<Stream> Open)[] files =
    [
        ("endless", () => new Repeated(Begins, Entry, long.MaxValue, "")),
        ("nested", () => new Repeated(Begins, "<a>", 200_000, "")),
        ("external-entity", () => Text("<?xml version=\"1.0\"?><!DOCTYPE Document [<!ENTITY x SYSTEM \"http://127.0.0.1:9/x\">]><Document>&x;</Document>")),
        ("bomb-gzip", () => Packed(new Repeated(Begins, new string(' ', 1000), 200_000, Ends), gzip: true)),
        ("bomb-zip", () => Packed(new Repeated(Begins, Entry, 1_000_000, Ends), gzip: false)),
        ("long-text", () => new Repeated(Begins + "<Ntry><NtryRef>", new string('x', 1000), 1_000_000, "</NtryRef></Ntry>" + Ends)),
    ];

    sealed class Nobody : IBankMessageVisitor;

    /// <summary>Makes each file, has it read by this program started anew, and prints what that took.</summary>
    public static void Print()
    {
        foreach (var (name, open) in files)
        {
            // Only packed files are made beforehand: packing them is no part of refusing them.
            var path = PackedPath(name);
            if (name.StartsWith("bomb", StringComparison.Ordinal))
            {
                using var packed = open();
                using var file = File.Create(path);
                packed.CopyTo(file);
            }

            var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
            if (Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal)) start.ArgumentList.Add(typeof(HostileFiles).Assembly.Location);
            start.ArgumentList.Add("hostile-one");
            start.ArgumentList.Add(name);
            using var child = Process.Start(start)!;
            Console.Write(child.StandardOutput.ReadToEnd());
            child.WaitForExit();
            File.Delete(path);
        }
    }

    /// <summary>Reads one of them and prints the refusal.</summary>
    public static void Read(string name)
    {
        var path = PackedPath(name);
        using var input = File.Exists(path) ? File.OpenRead(path) : files.First(file => file.Name == name).Open();
        var watch = Stopwatch.StartNew();
        var read = BankMessageReader.Read(input, new Nobody(), new BankXmlLimits(Bytes: name == "endless" ? EndlessMax : new BankXmlLimits().Bytes));
        var seconds = watch.Elapsed.TotalSeconds;
        using var self = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-16} {(read.IsOk ? "READ" : read.Problems[0].Code),-28} {seconds,6:0.000} s {self.TotalProcessorTime.TotalSeconds,6:0.00} s of the processor with the start, {self.PeakWorkingSet64 / 1048576} MB at most"));
    }

    static string PackedPath(string name) => Path.Combine(Path.GetTempPath(), $"payengine-benchmark-{name}");

    static MemoryStream Text(string text) => new(Encoding.UTF8.GetBytes(text));

    static MemoryStream Packed(Stream content, bool gzip)
    {
        var packed = new MemoryStream();
        if (gzip)
        {
            using var packing = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true);
            content.CopyTo(packing);
        }
        else
        {
            using var archive = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true);
            using var entry = archive.CreateEntry("a.xml", CompressionLevel.SmallestSize).Open();
            content.CopyTo(entry);
        }

        packed.Position = 0;
        return packed;
    }

    /// <summary>A beginning, the same part so many times, an end; never held in memory.</summary>
    sealed class Repeated(string begins, string part, long times, string ends) : Stream
    {
        readonly byte[] part = Encoding.UTF8.GetBytes(part), ends = Encoding.UTF8.GetBytes(ends);
        byte[] now = Encoding.UTF8.GetBytes(begins);
        int at;
        long left = times;
        bool ended;

        public override int Read(Span<byte> target)
        {
            var written = 0;
            while (written < target.Length)
            {
                if (at == now.Length)
                {
                    if (ended) break;
                    (now, at, ended) = left-- > 0 ? (part, 0, false) : (ends, 0, true);
                }

                var length = Math.Min(target.Length - written, now.Length - at);
                now.AsSpan(at, length).CopyTo(target[written..]);
                (written, at) = (written + length, at + length);
            }

            return written;
        }

        public override int Read(byte[] target, int offset, int count) => Read(target.AsSpan(offset, count));
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] source, int offset, int count) => throw new NotSupportedException();
    }
}
