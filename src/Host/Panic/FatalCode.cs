namespace Lamina.Host;

/// <summary>
/// Code in which a fault is not recovered from, as the CPU is half the guest's there: pairs of image-relative addresses, made by the <c>fatal</c> macro of
/// the .asm files.
/// </summary>
public static unsafe class FatalCode
{
    /// <summary>Whether an instruction (HVA) is in it.</summary>
    public static bool Contains(ulong rip)
    {
        var entry = (uint*)Instructions.FatalBegin();
        for (var end = (uint*)Instructions.FatalEnd(); entry < end; entry += 2)
        {
            if (rip >= MemoryPlan.Image + entry[0] && rip < MemoryPlan.Image + entry[1])
                return true;
        }

        return false;
    }
}
