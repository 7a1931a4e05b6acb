namespace Lamina.Vmx;

/// <summary>Guest activity state (Intel SDM vol. 3, 25.4.2).</summary>
public enum ActivityState : uint
{
    /// <summary>Runs.</summary>
    Active = 0,
    /// <summary>Waits in HLT.</summary>
    Halted = 1,
    /// <summary>Shut down by a triple fault.</summary>
    Shutdown = 2,
    /// <summary>Waits for a start-up IPI.</summary>
    WaitForStartup = 3,
}
