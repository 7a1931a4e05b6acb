using System;
using Iced.Intel;

namespace Lamina.Core.Tests.Emulation;

public class MemoryFormTests
{
    [Fact]
    public void Every_form_is_as_Iced_has_it_and_nothing_else_is_one()
    {
        foreach (var code in Enum.GetValues<Code>())
        {
            var operation = MemoryForm.Of(code, out int size);
            operation.Should().Be(InstructionForms.IsInMemory(code) ? code.Mnemonic() : Mnemonic.INVALID, $"that is {code}");
            if (operation != Mnemonic.INVALID) size.Should().Be(code.ToOpCode().MemorySize.GetSize(), $"that is the operand of {code}");
        }
    }
}
