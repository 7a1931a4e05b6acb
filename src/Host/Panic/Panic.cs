using System;

namespace Lamina.Host;

/// <summary>
/// The end: something in the hypervisor itself is broken. It says what, with all registers and the stack by function names, straight to the serial port
/// and the screen, then ends the machine. Nothing here allocates, and nothing is waited for without bound.
/// </summary>
public static unsafe class Panic
{
    private const int MostFrames = 32;

    private static PanicConsole? s_console;
    private static HostStacks? s_stacks;
    private static BootParameters? s_parameters;
    private static ulong s_imageLength;
    private static bool s_failing;

    // What a fault of the corelib said, until the #UD that follows is reported.
    private static string? s_reason;
    private static string? s_message;

    /// <summary>Says where a panic goes to, and how the machine is ended then. Before that a panic only stops the CPU.</summary>
    public static void Prepare(PanicConsole console, HostStacks stacks, BootParameters parameters, ulong imageLength)
    {
        s_console = console;
        s_stacks = stacks;
        s_parameters = parameters;
        s_imageLength = imageLength;
    }

    /// <summary>The corelib's fault sink: code cannot go on. It goes to the panic by an exception, so that the registers are those of the fault.</summary>
    public static void OnFault(int reason, string? message)
    {
        s_reason = FaultText.OfReason(reason);
        s_message = message;
        Instructions.RaiseUndefined();
    }

    /// <summary>Ends the machine for a reason that is not an exception.</summary>
    public static void Stop(string reason)
    {
        s_reason = reason;
        Instructions.RaiseUndefined();
    }

    /// <summary>Reports an exception of our own code, and ends the machine.</summary>
    public static void Stop(InterruptFrame* frame)
    {
        PanicConsole? console = s_console;
        if (console == null || s_failing)
            Instructions.Halt();
        s_failing = true;
        console!.Begin();
        WriteReason(console, frame);
        WriteRegisters(console, frame);
        WriteStack(console, frame);
        console.Text("the machine stops here").EndLine();
        EmulatorExit.TryEnd(s_parameters!, EmulatorExit.Panic);
        Instructions.Halt();
    }

    private static void WriteReason(PanicConsole console, InterruptFrame* frame)
    {
        console.Text("panic: ");
        ulong cr2 = Instructions.ReadCr2();
        const ulong pageFault = 14;
        const ulong doubleFault = 8;
        if (s_reason != null)
            console.Text(s_reason);
        else
            console.Text(FaultText.OfException(frame->Vector));
        if (s_message != null)
            console.Text(": ").Text(s_message);
        else if (frame->Vector is pageFault or doubleFault && s_stacks!.IsGuardPage(cr2))
            console.Text(": the stack has overflowed");
        else if (frame->Vector == pageFault && cr2 < MemoryPlan.PageSize)
            console.Text(": a null reference was used");
        console.EndLine();
        console.Text("vector ").Hex(frame->Vector, 2).Text(" error ").Hex(frame->ErrorCode, 4).Text(" CR2 ").Hex(cr2, 16)
            .Text(" CR3 ").Hex(Instructions.ReadCr3(), 16).EndLine();
    }

    private static void WriteRegisters(PanicConsole console, InterruptFrame* frame)
    {
        Row(console, "RIP ", frame->Rip, "RSP ", frame->Rsp, "RFL ", frame->Rflags);
        Row(console, "RAX ", frame->Rax, "RBX ", frame->Rbx, "RCX ", frame->Rcx);
        Row(console, "RDX ", frame->Rdx, "RSI ", frame->Rsi, "RDI ", frame->Rdi);
        Row(console, "RBP ", frame->Rbp, "R8  ", frame->R8, "R9  ", frame->R9);
        Row(console, "R10 ", frame->R10, "R11 ", frame->R11, "R12 ", frame->R12);
        Row(console, "R13 ", frame->R13, "R14 ", frame->R14, "R15 ", frame->R15);
    }

    private static void Row(PanicConsole console, string a, ulong x, string b, ulong y, string c, ulong z) =>
        console.Text(a).Hex(x, 16).Text(" ").Text(b).Hex(y, 16).Text(" ").Text(c).Hex(z, 16).EndLine();

    private static void WriteStack(PanicConsole console, InterruptFrame* frame)
    {
        var image = new ReadOnlySpan<byte>((void*)MemoryPlan.Image, (int)s_imageLength);
        if (!ImageHeader.TryOpen(image[..ImageHeader.Size], out ImageHeader header))
            return;
        var names = new FunctionNames(NamesOf(header, image));
        var unwinder = new StackUnwinder(image, MemoryPlan.Image, header.FunctionTable, header.FunctionTableLength);
        var context = new UnwindContext(frame);
        console.Text("stack:").EndLine();
        for (int i = 0; i < MostFrames && context.Rip != 0; i++)
        {
            console.Text("  ").Hex(context.Rip, 16).Text(" ");
            ulong rva = context.Rip - MemoryPlan.Image;
            if (rva < s_imageLength && names.TryFind((uint)rva, out ReadOnlySpan<byte> name, out uint offset))
                console.Text(name).Text("+").Hex(offset, 1);
            console.EndLine();
            if (!unwinder.TryStep(ref context, i == 0, s_stacks!))
                break;
        }
    }

    private static ReadOnlySpan<byte> NamesOf(in ImageHeader header, ReadOnlySpan<byte> image)
    {
        ulong wanted = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(".names\0\0"u8);
        for (int i = 0; i < header.SectionCount; i++)
        {
            ImageSection section = header.Section(i);
            if (section.Name == wanted && section.Start <= (uint)image.Length && section.Length <= (uint)image.Length - section.Start)
                return image.Slice((int)section.Start, (int)section.Length);
        }

        return default;
    }
}
