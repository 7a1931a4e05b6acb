using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Lamina.QemuHarness;

/// <summary>Reads what somebody else writes to a file, as it is written. For one reader.</summary>
internal sealed class GrowingFile : IDisposable
{
    private readonly FileStream _file;
    private readonly FileSystemWatcher _watcher;
    private readonly SemaphoreSlim _hasChanged = new(0, 1);

    /// <summary>Makes the file, empty.</summary>
    public GrowingFile(string path)
    {
        _file = new FileStream(path, FileMode.Create, FileAccess.Read | FileAccess.Write, FileShare.ReadWrite, bufferSize: 0, useAsync: true);
        _watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path)) { NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.Size };
        _watcher.Changed += (_, _) => Wake();
        _watcher.Error += (_, _) => Wake();
        _watcher.EnableRaisingEvents = true;
    }

    /// <summary>Reads what is there, and waits as long as that is nothing.</summary>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="writerEnded">Ends when nothing more will be written.</param>
    /// <returns>How many bytes; 0 at the file's end, when the writer has ended.</returns>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, Task writerEnded)
    {
        while (true)
        {
            bool isLast = writerEnded.IsCompleted;
            int count = await _file.ReadAsync(buffer);
            if (count != 0 || isLast)
                return count;
            await Task.WhenAny(_hasChanged.WaitAsync(), writerEnded);
        }
    }

    public void Dispose()
    {
        _watcher.Dispose();
        _file.Dispose();
    }

    // What was written since the last look is one change. Called by the watcher's one thread.
    private void Wake()
    {
        if (_hasChanged.CurrentCount == 0)
            _hasChanged.Release();
    }
}
