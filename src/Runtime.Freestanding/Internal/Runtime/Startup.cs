using System.Runtime;

namespace Internal.Runtime;

/// <summary>What has to run once before any other C#.</summary>
internal static unsafe class Startup
{
    /// <summary>Gives the boot arena its memory, which must be zeroed, and sets up the statics.</summary>
    [RuntimeExport("RuntimeStart")]
    internal static void Start(byte* memory, nuint size, ReadyToRunHeader** modules, ReadyToRunHeader** modulesEnd)
    {
        Arena.Boot(memory, size);
        StaticBases.Initialize(modules, modulesEnd);
    }
}
