using System;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Lamina.QemuHarness;

/// <summary>All that a machine has printed, and the waiting for more. Any thread may call.</summary>
public sealed class SerialLog
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();
    private TaskCompletionSource _changed = NewSignal();
    private bool _isComplete;

    /// <summary>The text so far.</summary>
    public string Text
    {
        get
        {
            lock (_gate)
                return _text.ToString();
        }
    }

    /// <summary>How many characters there are so far: a place to look from later.</summary>
    public int Length
    {
        get
        {
            lock (_gate)
                return _text.Length;
        }
    }

    /// <summary>Waits until <paramref name="wanted"/> is in the log.</summary>
    /// <param name="wanted">The text.</param>
    /// <param name="from">Where to look from.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>Where it ends; -1 if the machine ended before.</returns>
    public async Task<int> WaitForAsync(string wanted, int from, CancellationToken cancellation)
    {
        while (true)
        {
            Task next;
            lock (_gate)
            {
                int found = _text.ToString(from, _text.Length - from).IndexOf(wanted, StringComparison.Ordinal);
                if (found >= 0)
                    return from + found + wanted.Length;
                if (_isComplete)
                    return -1;
                from = Math.Max(from, _text.Length - wanted.Length + 1);
                next = _changed.Task;
            }

            await next.WaitAsync(cancellation);
        }
    }

    /// <summary>Waits until the log is longer than <paramref name="length"/>, or the machine has ended.</summary>
    /// <returns>Whether it is longer.</returns>
    public async Task<bool> WaitForMoreAsync(int length, CancellationToken cancellation)
    {
        while (true)
        {
            Task next;
            lock (_gate)
            {
                if (_text.Length > length || _isComplete)
                    return _text.Length > length;
                next = _changed.Task;
            }

            await next.WaitAsync(cancellation);
        }
    }

    internal void Append(string more)
    {
        if (more.Length == 0)
            return;
        lock (_gate)
            _text.Append(more);
        Signal();
    }

    /// <summary>Says that nothing more will come.</summary>
    internal void Complete()
    {
        lock (_gate)
            _isComplete = true;
        Signal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Signal()
    {
        TaskCompletionSource old;
        lock (_gate)
        {
            old = _changed;
            _changed = NewSignal();
        }

        old.SetResult();
    }
}
