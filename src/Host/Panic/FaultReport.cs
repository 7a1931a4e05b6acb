using System;

namespace Lamina.Host;

/// <summary>What is told of a fault of our own code: why, the registers, and the stack by function names. Nothing here allocates.</summary>
public sealed unsafe class FaultReport
{
    private const int MostFrames = 32;
    private const ulong DoubleFault = 8;
    private const ulong PageFault = 14;

    private readonly HostStacks _stacks;
    private readonly ulong _imageLength;

    // What a fault of the corelib said, until the #UD that follows is reported.
    private string? _reason;
    private string? _message;

    /// <summary>Reports on faults of the image that runs.</summary>
    public FaultReport(HostStacks stacks, ulong imageLength)
    {
        _stacks = stacks;
        _imageLength = imageLength;
    }

    /// <summary>Notes the reason of the fault that is about to be raised.</summary>
    public void Announce(string reason, string? message)
    {
        _reason = reason;
        _message = message;
    }

    /// <summary>Whether an exception is a stack that has overflowed: the processor could not even push the page fault's frame on it, so it is a #DF.</summary>
    public bool IsStackOverflow(InterruptFrame* frame) => frame->Vector is PageFault or DoubleFault && _stacks.IsGuardPage(Instructions.ReadCr2());

    /// <summary>Writes all of it. <paramref name="what"/> begins the first line.</summary>
    public void Write(ReportWriter writer, string what, InterruptFrame* frame)
    {
        WriteReason(writer.Text(what), frame);
        WriteRegisters(writer, frame);
        WriteStack(writer, frame);
        _reason = null;
        _message = null;
    }

    private void WriteReason(ReportWriter writer, InterruptFrame* frame)
    {
        ulong cr2 = Instructions.ReadCr2();
        writer.Text(_reason ?? FaultText.OfException(frame->Vector));
        if (_message != null)
            writer.Text(": ").Text(_message);
        else if (IsStackOverflow(frame))
            writer.Text(": the stack has overflowed");
        else if (frame->Vector == PageFault && cr2 < MemoryPlan.PageSize)
            writer.Text(": a null reference was used");
        writer.EndLine();
        writer.Text("vector ").Hex(frame->Vector, 2).Text(" error ").Hex(frame->ErrorCode, 4).Text(" CR2 ").Hex(cr2, 16)
            .Text(" CR3 ").Hex(Instructions.ReadCr3(), 16).EndLine();
    }

    private static void WriteRegisters(ReportWriter writer, InterruptFrame* frame)
    {
        Row(writer, "RIP ", frame->Rip, "RSP ", frame->Rsp, "RFL ", frame->Rflags);
        Row(writer, "RAX ", frame->Rax, "RBX ", frame->Rbx, "RCX ", frame->Rcx);
        Row(writer, "RDX ", frame->Rdx, "RSI ", frame->Rsi, "RDI ", frame->Rdi);
        Row(writer, "RBP ", frame->Rbp, "R8  ", frame->R8, "R9  ", frame->R9);
        Row(writer, "R10 ", frame->R10, "R11 ", frame->R11, "R12 ", frame->R12);
        Row(writer, "R13 ", frame->R13, "R14 ", frame->R14, "R15 ", frame->R15);
    }

    private static void Row(ReportWriter writer, string a, ulong x, string b, ulong y, string c, ulong z) =>
        writer.Text(a).Hex(x, 16).Text(" ").Text(b).Hex(y, 16).Text(" ").Text(c).Hex(z, 16).EndLine();

    private void WriteStack(ReportWriter writer, InterruptFrame* frame)
    {
        var image = new ReadOnlySpan<byte>((void*)MemoryPlan.Image, (int)_imageLength);
        if (!ImageHeader.TryOpen(image[..ImageHeader.Size], out ImageHeader header))
            return;
        var names = new FunctionNames(NamesOf(header, image));
        var unwinder = new StackUnwinder(image, MemoryPlan.Image, header.FunctionTable, header.FunctionTableLength);
        var context = new UnwindContext(frame);
        writer.Text("stack:").EndLine();
        for (int i = 0; i < MostFrames && context.Rip != 0; i++)
        {
            writer.Text("  ").Hex(context.Rip, 16).Text(" ");
            ulong rva = context.Rip - MemoryPlan.Image;
            if (rva < _imageLength && names.TryFind((uint)rva, out ReadOnlySpan<byte> name, out uint offset))
                writer.Text(name).Text("+").Hex(offset, 1);
            writer.EndLine();
            if (!unwinder.TryStep(ref context, i == 0, _stacks))
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
