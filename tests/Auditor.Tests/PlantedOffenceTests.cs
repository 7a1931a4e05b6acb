using System.Linq;

namespace Lamina.Auditor.Tests;

/// <summary>The auditor finds each kind of offence when it is planted, and nothing where there is none.</summary>
public class PlantedOffenceTests
{
    private const string Allocator = "RhpNewFast: mov rax, rcx\n ret\n";

    private static readonly ReviewedItem Root = new() { Name = "Start", Reason = "planted" };

    [Theory]
    [InlineData("Start: vaddps ymm0, ymm1, ymm2\n ret\n", OffenceKind.Avx)]
    [InlineData("Start: vzeroupper\n ret\n", OffenceKind.Avx)]
    [InlineData("Start: vmovups xmm0, [rcx]\n ret\n", OffenceKind.Avx)]
    [InlineData("Start: movups xmm6, [rcx]\n ret\n", OffenceKind.HighVectorRegister)]
    [InlineData("Start: movups [rcx], xmm15\n ret\n", OffenceKind.HighVectorRegister)]
    [InlineData("Start: addsd xmm0, xmm1\n ret\n", OffenceKind.FloatingPoint)]
    [InlineData("Start: cvtsi2sd xmm0, rax\n ret\n", OffenceKind.FloatingPoint)]
    [InlineData("Start: ucomiss xmm0, xmm1\n ret\n", OffenceKind.FloatingPoint)]
    [InlineData("Start: cmpltsd xmm0, xmm1\n ret\n", OffenceKind.FloatingPoint)]
    [InlineData("Start: fld1\n ret\n", OffenceKind.FloatingPoint)]
    [InlineData("Start: paddd mm0, mm1\n ret\n", OffenceKind.FloatingPoint)]
    [InlineData("Start: db 0x06\n ret\n", OffenceKind.UnreadableCode)]
    [InlineData("Start: sub rsp, rax\n ret\n", OffenceKind.DynamicFrame)]
    [InlineData("Start: call Room_Internal_Runtime_CompilerHelpers_ThrowHelpers__ThrowTypeLoadException\n ret\nRoom_Internal_Runtime_CompilerHelpers_ThrowHelpers__ThrowTypeLoadException: ret\n", OffenceKind.AlwaysThrows)]
    public void An_instruction_that_must_not_be(string source, OffenceKind kind) =>
        PlantedImage.Audit(source).Offences.Should().ContainSingle().Which.Kind.Should().Be(kind);

    [Fact]
    public void Code_that_may_be()
    {
        const string Source = """
            Start:  movups xmm0, [rcx]
                    xorps xmm5, xmm5
                    movups [rdx], xmm0
                    fninit
                    fldcw [rcx]
                    fxsave [rcx]
                    xsave [rcx]
                    cmpsd
                    andn rax, rcx, rdx
            .again: call Other
                    jnz .again
                    jmp Start
            Other:  push rbx
                    sub rsp, 32
                    ret
            """;
        AuditResult result = PlantedImage.Audit(Source);
        result.Offences.Should().BeEmpty();
        result.Report[0].Should().Contain("2 functions").And.Contain("15 instructions");
    }

    [Fact]
    public void A_section_that_is_writable_and_executable() =>
        PlantedImage.Audit("Start: ret\n", isCodeWritable: true).Offences.Should().ContainSingle().Which.Kind.Should().Be(OffenceKind.WritableCode);

    [Theory]
    [InlineData("Start: call Middle\n ret\nMiddle: jmp RhpNewFast\n", "directly")]
    [InlineData("Start: mov rax, [rcx]\n call [rax + 24]\n ret\n", "through slot 0 of the table below")]
    [InlineData("Start: lea rax, [Middle]\n call rax\n ret\nMiddle: call RhpNewFast\n ret\n", "through a pointer")]
    [InlineData("Start: jmp [rcx + 32]\nMiddle: lea rax, [RhpNewFast]\n ret\n", "through a delegate's tail call")]
    public void An_allocation_that_the_exit_way_reaches(string source, string because)
    {
        const string Table = "Virtual: call RhpNewFast\n ret\n section .rdata rdata\n??_7Room_Type@@6B@: dq 0, 0\n dw 1, 0\n dd 0\n dq Virtual\n";
        AuditResult result = PlantedImage.Audit(source + Allocator + Table, new Reviewed { ExitRoots = [Root] });
        Offence offence = result.Offences.Should().ContainSingle(because).Which;
        offence.Kind.Should().Be(OffenceKind.AllocationOnExitWay);
        offence.What.Should().EndWith("> RhpNewFast");
    }

    [Fact]
    public void An_interface_call_that_the_exit_way_reaches() =>
        PlantedImage.Audit("Start: call Middle\n ret\nMiddle: lea r11, [rcx]\n call [r11]\n ret\n", new Reviewed { ExitRoots = [Root] })
            .Offences.Should().ContainSingle().Which.Kind.Should().Be(OffenceKind.InterfaceCallOnExitWay);

    [Fact]
    public void An_allocation_elsewhere_is_none_of_the_exit_ways() =>
        PlantedImage.Audit("Start: ret\nOther: call RhpNewFast\n ret\n" + Allocator, new Reviewed { ExitRoots = [Root] }).Offences.Should().BeEmpty();

    [Fact]
    public void An_allocation_behind_the_end_of_the_way_is_not_reached()
    {
        var reviewed = new Reviewed { ExitRoots = [Root], Ends = [new ReviewedItem { Name = "Fault*", Reason = "planted" }] };
        PlantedImage.Audit("Start: call FaultRaise\nFaultRaise: call RhpNewFast\n ret\n" + Allocator, reviewed).Offences.Should().BeEmpty();
    }

    [Fact]
    public void An_edge_that_a_person_cut_is_not_followed()
    {
        var reviewed = new Reviewed { ExitRoots = [Root], ImpossibleEdges = [new ReviewedItem { Name = "Start", To = "Middle", Reason = "planted" }] };
        PlantedImage.Audit("Start: call Middle\n ret\nMiddle: call RhpNewFast\n ret\n" + Allocator, reviewed).Offences.Should().BeEmpty();
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(199, false)]
    public void The_deepest_stack(int bytes, bool fits)
    {
        // Start: return address 8 + push 8 + 32; Deep: 8 + 144. Shallow is not on the deepest way.
        const string Source = "Start: push rbx\n sub rsp, 32\n call Shallow\n call Deep\n ret\nShallow: push rax\n ret\nDeep: sub rsp, 144\n ret\n";
        AuditResult result = PlantedImage.Audit(Source, new Reviewed { Stacks = [new ReviewedItem { Name = "Start", Bytes = bytes, Reason = "planted" }] });
        result.Offences.Select(offence => offence.Kind).Should().Equal(fits ? [] : [OffenceKind.StackTooDeep]);
        result.Report.Should().ContainSingle(line => line.StartsWith("stack")).Which.Should().Contain("200 of");
    }

    [Fact]
    public void A_recursion_that_nobody_has_bounded()
    {
        const string Source = "Start: call Even\n ret\nEven: call Odd\n ret\nOdd: call Even\n ret\n";
        ReviewedItem stack = new() { Name = "Start", Bytes = 88, Reason = "planted" };
        PlantedImage.Audit(Source, new Reviewed { Stacks = [stack] })
            .Offences.Should().ContainSingle().Which.Kind.Should().Be(OffenceKind.UnreviewedRecursion);

        var bounded = new Reviewed { Stacks = [stack], Recursions = [new ReviewedItem { Name = "Odd", Depth = 5, Reason = "planted" }] };
        PlantedImage.Audit(Source, bounded).Offences.Should().BeEmpty("five times both frames and the root's are 88 bytes");
        bounded.Recursions[0].Depth = 6;
        PlantedImage.Audit(Source, bounded).Offences.Should().ContainSingle().Which.Kind.Should().Be(OffenceKind.StackTooDeep);
    }

    [Fact]
    public void A_stack_whose_entry_is_not_there() =>
        PlantedImage.Audit("Start: ret\n", new Reviewed { Stacks = [new ReviewedItem { Name = "Gone", Reason = "planted" }] })
            .Offences.Should().ContainSingle().Which.Kind.Should().Be(OffenceKind.MissingFunction);
}
