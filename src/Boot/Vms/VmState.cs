namespace Lamina.Boot;

/// <summary>Where a VM is in its life.</summary>
internal enum VmState : byte
{
    /// <summary>It waits for those that it comes after.</summary>
    Waiting,
    /// <summary>It is being built.</summary>
    Starting,
    /// <summary>It runs and has not said that it is ready.</summary>
    Running,
    /// <summary>It runs and is ready.</summary>
    Ready,
    /// <summary>It has stopped; what it held is being given back.</summary>
    Ending,
    /// <summary>It has failed, and is started again when some time has passed.</summary>
    BackingOff,
    /// <summary>It has ended for good.</summary>
    Ended,
    /// <summary>It has failed for good, or can never start.</summary>
    Failed,
}
