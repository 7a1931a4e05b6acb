using Lamina.Core;

namespace Lamina.Host;

/// <summary>
/// Instructions that may fault, and where to go on when they do: pairs of image-relative addresses, made by the <c>fixup</c> macro of the .asm files.
/// </summary>
public static unsafe class FixupTable
{
    /// <summary>Lets an exception at a known instruction go on at its fix-up.</summary>
    /// <returns>False when the instruction is none of them.</returns>
    public static bool TryApply(InterruptFrame* frame)
    {
        var entry = (uint*)Instructions.FixupsBegin();
        for (var end = (uint*)Instructions.FixupsEnd(); entry < end; entry += 2)
        {
            if (frame->Rip != MemoryPlan.Image + entry[0])
                continue;
            // A stray #DB goes back to where it came from; a #GP that did would come again for ever.
            if ((ExceptionVector)frame->Vector != (entry[0] == entry[1] ? ExceptionVector.Debug : ExceptionVector.GeneralProtection))
                return false;
            frame->Rip = MemoryPlan.Image + entry[1];
            return true;
        }

        return false;
    }
}
