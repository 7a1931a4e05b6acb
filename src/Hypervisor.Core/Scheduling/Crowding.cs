namespace Lamina.Core;

/// <summary>
/// Whether a CPU is crowded: whether for a tenth of the last while, or more, somebody waited for his turn there. Who waits but for a moment now and then is well off where he is. One a scheduler, which
/// alone uses it. All times are ticks of its CPU's TSC.
/// </summary>
/// <param name="enough">For so long in a <paramref name="period"/>, in all.</param>
/// <param name="period">It is said once in so long at most.</param>
internal sealed class Crowding(ulong enough, ulong period)
{
    private ulong _periodStart, _last, _ticks;
    private bool _isWaiting, _wasSaid;

    /// <summary>A turn begins at <paramref name="now"/>; until the next one somebody waits, or nobody does. True when the CPU is crowded, somebody waits, and that was not said in this period.</summary>
    public bool Note(ulong now, bool isWaiting)
    {
        if (now - _periodStart >= period)
        {
            _periodStart = now;
            _ticks = 0;
            _wasSaid = false;
        }
        // All of it: a turn may be longer than a period.
        if (_isWaiting) _ticks += now - _last;
        _last = now;
        _isWaiting = isWaiting;
        if (!isWaiting || _wasSaid || _ticks < enough) return false;
        _wasSaid = true;
        return true;
    }
}
