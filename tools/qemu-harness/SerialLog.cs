using System;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Lamina.QemuHarness;

/// <summary>All that a machine has printed, and the waiting for more. Any thread may call.</summary>
public sealed class SerialLog
{
    private readonly Lock gate = new();
    private readonly StringBuilder text = new();
    private TaskCompletionSource changed = NewSignal();
    private bool isComplete;

    /// <summary>The text so far.</summary>
    public string Text
    {
        get
        {
            lock (gate)
                return text.ToString();
        }
    }

    /// <summary>How many characters there are so far: a place to look from later.</summary>
    public int Length
    {
        get
        {
            lock (gate)
                return text.Length;
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
            lock (gate)
            {
                int found = text.ToString(from, text.Length - from).IndexOf(wanted, StringComparison.Ordinal);
                if (found >= 0)
                    return from + found + wanted.Length;
                if (isComplete)
                    return -1;
                from = Math.Max(from, text.Length - wanted.Length + 1);
                next = changed.Task;
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
            lock (gate)
            {
                if (text.Length > length || isComplete)
                    return text.Length > length;
                next = changed.Task;
            }

            await next.WaitAsync(cancellation);
        }
    }

    internal void Append(string more)
    {
        if (more.Length == 0)
            return;
        lock (gate)
            text.Append(more);
        Signal();
    }

    /// <summary>Says that nothing more will come.</summary>
    internal void Complete()
    {
        lock (gate)
            isComplete = true;
        Signal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Signal()
    {
        TaskCompletionSource old;
        lock (gate)
        {
            old = changed;
            changed = NewSignal();
        }

        old.SetResult();
    }
}
