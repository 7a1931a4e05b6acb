namespace Lamina.Core.Tests.Vcpu;

public class SwitchedStateTests
{
    [Fact]
    public unsafe void TheSwitchedStateFitsItsPage()
    {
        sizeof(SwitchedState).Should().Be(4096);
        SwitchedState state = default;
        ((byte*)&state.Vectors - (byte*)&state + sizeof(VectorRegisters)).Should().BeLessThanOrEqualTo(4096);
        sizeof(VectorRegisters).Should().Be(96);
    }
}
