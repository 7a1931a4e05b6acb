using System;

namespace Lamina.Cli.Running;

/// <summary>
/// Watches what is typed for Ctrl-] q, which asks the hypervisor to switch the machine off. It is the hypervisor's to answer; who asks again when the machine has not ended in
/// a while means the emulator.
/// </summary>
internal sealed class QuitKeys(TimeSpan patience)
{
    /// <summary>Ctrl-], the hypervisor's own key.</summary>
    internal const byte HostKey = 0x1D;

    private bool _isAfterHostKey;
    private TimeSpan? _asked;

    /// <summary>What a piece of typed text asked for.</summary>
    internal enum Wish
    {
        /// <summary>Nothing that is to be done here.</summary>
        None,

        /// <summary>The machine is to switch itself off.</summary>
        SwitchOff,

        /// <summary>It was asked before, and is still there: the emulator is to end.</summary>
        EndEmulator,
    }

    /// <summary>Looks at what was typed.</summary>
    /// <param name="typed">The bytes, which go to the machine in any case.</param>
    /// <param name="now">The time, from any fixed point.</param>
    internal Wish Watch(ReadOnlySpan<byte> typed, TimeSpan now)
    {
        Wish wish = Wish.None;
        foreach (byte key in typed)
        {
            bool isCommand = _isAfterHostKey;
            _isAfterHostKey = !isCommand && key == HostKey;
            if (!isCommand || key != 'q')
                continue;
            if (_asked is { } before && now - before >= patience)
                return Wish.EndEmulator;
            _asked ??= now;
            wish = Wish.SwitchOff;
        }

        return wish;
    }
}
