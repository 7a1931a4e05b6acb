using Internal.Runtime;
using System.Threading;

namespace System.Runtime.CompilerServices;

/// <summary>
/// Runs a static constructor that could not be run at compile time, once, at the first use of its type. Any CPU may come first:
/// one runs it, the others wait. A constructor that comes back to its own type on the same CPU sees it as it is, as the language
/// says.
/// </summary>
internal static unsafe class ClassConstructorRunner
{
    // In the place of a constructor's address while it runs.
    private const nint Running = 1;

    private static nint s_owner;

    private static object CheckStaticClassConstructionReturnGCStaticBase(ref StaticClassConstructionContext context, object gcStaticBase)
    {
        CheckStaticClassConstruction(ref context);
        return gcStaticBase;
    }

    private static nint CheckStaticClassConstructionReturnNonGCStaticBase(ref StaticClassConstructionContext context, nint nonGcStaticBase)
    {
        CheckStaticClassConstruction(ref context);
        return nonGcStaticBase;
    }

    private static void CheckStaticClassConstruction(ref StaticClassConstructionContext context)
    {
        ref nint method = ref context.Method;
        nint constructor = Volatile.Read(ref method);
        if (constructor == 0)
        {
            return;
        }

        Run(ref method);
    }

    private static void Run(ref nint method)
    {
        // One lock for all static constructors: they are few, short, and run at boot.
        nint self = CurrentCpu();
        bool nested = Volatile.Read(ref s_owner) == self;
        if (!nested)
        {
            while (Interlocked.CompareExchange(ref s_owner, self, 0) != 0)
            {
                Pause();
            }
        }

        nint constructor = method;
        if (constructor != 0 && constructor != Running)
        {
            method = Running;
            Arena* entered = Arena.Enter(null);
            ((delegate*<void>)constructor)();
            Arena.Enter(entered);
            Volatile.Write(ref method, 0);
        }

        if (!nested)
        {
            Volatile.Write(ref s_owner, 0);
        }
    }

    /// <summary>Which CPU this is, never 0.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "RuntimeCurrentCpu")]
    private static extern nint CurrentCpu();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "RuntimePause")]
    private static extern void Pause();
}
