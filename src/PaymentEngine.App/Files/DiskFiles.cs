using Microsoft.Win32.SafeHandles;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Files;

/// <summary>The real disk. What is made here is for its owner alone (folders 0700, files 0600): almost all of it names people, many files hold account numbers. Opening, writing, fsync, renaming and deleting are counted as durable actions.</summary>
public sealed class DiskFiles(ActionCounter actions) : IFiles
{
    const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const UnixFileMode OwnerOnlyFolder = OwnerOnlyFile | UnixFileMode.UserExecute;

    public bool Exists(string path) => File.Exists(path);

    public IReadOnlyList<string> List(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal).ToList()
        : [];

    public long Size(string path) => new FileInfo(path).Length;

    public Stream Read(string path) => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);

    public Stream Create(string path)
    {
        actions.Count();
        return new CountedStream(new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0, UnixCreateMode = OwnerOnlyFile,
        }), actions);
    }

    public void MakeFolder(string folder)
    {
        if (Directory.Exists(folder)) return;
        actions.Count();
        Directory.CreateDirectory(folder, OwnerOnlyFolder);
    }

    public void FlushToDisk(Stream created)
    {
        actions.Count();
        ((CountedStream)created).File.Flush(flushToDisk: true);
    }

    public void Rename(string from, string to)
    {
        actions.Count();
        File.Move(from, to, overwrite: false);
    }

    public void FlushFolder(string folder)
    {
        actions.Count();
        // .NET opens no folders as files, but fsync takes any handle.
        using var handle = new SafeFileHandle(Posix.OpenFolder(folder), ownsHandle: true);
        RandomAccess.FlushToDisk(handle);
    }

    public void Delete(string path)
    {
        if (!File.Exists(path)) return;
        actions.Count();
        File.Delete(path);
    }

    public void AppendLine(string path, Func<string?, string?> line)
    {
        const int tries = 400;
        var isNew = !File.Exists(path);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0, UnixCreateMode = OwnerOnlyFile });
                var (last, end) = LastLine(file);
                if (line(last) is not { } added) return;
                actions.Count();
                file.SetLength(end);
                file.Seek(end, SeekOrigin.Begin);
                file.Write(System.Text.Encoding.UTF8.GetBytes(added + "\n"));
                actions.Count();
                file.Flush(flushToDisk: true);
                break;
            }
            catch (IOException busy) when (attempt < tries && busy is not (FileNotFoundException or DirectoryNotFoundException) && File.Exists(path))
            {
                // Another program is adding its line: a matter of milliseconds.
                Thread.Sleep(10);
            }
        }

        if (isNew) FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>The last line that was finished, and where it ends.</summary>
    static (string? Line, long End) LastLine(FileStream file)
    {
        const int window = 1 << 16;
        var size = (int)Math.Min(window, file.Length);
        var tail = new byte[size];
        file.Seek(file.Length - size, SeekOrigin.Begin);
        file.ReadExactly(tail);
        var end = Array.LastIndexOf(tail, (byte)'\n');
        if (end < 0) return size == window ? throw new IOException($"{file.Name} has a line of more than {window} bytes: it is no register of ours.") : (null, 0);
        var start = end == 0 ? 0 : Array.LastIndexOf(tail, (byte)'\n', end - 1) + 1;
        return (System.Text.Encoding.UTF8.GetString(tail, start, end - start), file.Length - size + end + 1);
    }

    /// <summary>A file whose writes are counted. Writers bring their own buffers: one write is one call to the system.</summary>
    sealed class CountedStream(FileStream file, ActionCounter actions) : Stream
    {
        public FileStream File => file;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => file.Length;

        public override long Position { get => file.Position; set => throw new NotSupportedException("A payment file is written from its beginning to its end."); }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            actions.Count();
            file.Write(buffer);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            actions.Count();
            return file.WriteAsync(buffer, cancellationToken);
        }

        public override void Flush() => file.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("This stream is for writing.");

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("A payment file is written from its beginning to its end.");

        public override void SetLength(long value) => throw new NotSupportedException("A payment file is written from its beginning to its end.");

        protected override void Dispose(bool disposing)
        {
            if (disposing) file.Dispose();
            base.Dispose(disposing);
        }
    }
}
