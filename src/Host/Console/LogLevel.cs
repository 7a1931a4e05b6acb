namespace Lamina.Host;

/// <summary>How much a line of the log matters.</summary>
public enum LogLevel : byte
{
    /// <summary>For whoever works on the hypervisor.</summary>
    Debug = 0,

    /// <summary>What happens.</summary>
    Info = 1,

    /// <summary>Something is not as it should be, and the machine goes on.</summary>
    Warning = 2,

    /// <summary>Something does not work.</summary>
    Error = 3,
}
