using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Lamina.Core;

namespace Lamina.Vmx.Tests;

/// <summary>What WorldSwitch.asm takes for granted of the structures and fields that C# knows by name.</summary>
public class WorldSwitchTests
{
    private static readonly Dictionary<string, long> s_equates = ReadEquates();

    [Theory]
    [InlineData("GUEST_INTERRUPTIBILITY", (uint)VmcsField32.GuestInterruptibility)]
    [InlineData("REASON", (uint)VmcsField32.ExitReason)]
    [InlineData("IDT_VECTORING", (uint)VmcsField32.IdtVectoring)]
    [InlineData("INSTRUCTION_LENGTH", (uint)VmcsField32.ExitInstructionLength)]
    [InlineData("QUALIFICATION", (uint)VmcsFieldNatural.ExitQualification)]
    [InlineData("GUEST_RSP", (uint)VmcsFieldNatural.GuestRsp)]
    [InlineData("GUEST_RIP", (uint)VmcsFieldNatural.GuestRip)]
    [InlineData("GUEST_RFLAGS", (uint)VmcsFieldNatural.GuestRflags)]
    [InlineData("HOST_RSP", (uint)VmcsFieldNatural.HostRsp)]
    public void FieldsHaveTheirEncodings(string name, uint encoding) => s_equates[name].Should().Be(encoding);

    [Fact]
    public unsafe void WhatAnExitLeavesIsWhereTheAssemblyPutsIt()
    {
        ExitFields fields = default;
        Span<ulong> words = new(&fields, sizeof(ExitFields) / sizeof(ulong));
        words.Length.Should().Be(9);
        for (int i = 0; i < words.Length; i++) words[i] = (ulong)i;
        fields.Rip.Should().Be(Word("EXIT_RIP"));
        fields.Rsp.Should().Be(Word("EXIT_RSP"));
        ((ulong)fields.Rflags).Should().Be(Word("EXIT_RFLAGS"));
        ((ulong)fields.Interruptibility).Should().Be(Word("EXIT_INTERRUPTIBILITY"));
        fields.Reason.Value.Should().Be((uint)Word("EXIT_REASON"));
        fields.Qualification.Should().Be(Word("EXIT_QUALIFICATION"));
        fields.InstructionLength.Should().Be(Word("EXIT_LENGTH"));
        fields.IdtVectoring.Value.Should().Be((uint)Word("EXIT_IDT_VECTORING"));
        fields.HostRsp.Should().Be(Word("EXIT_HOST_RSP"));
    }

    [Fact]
    public unsafe void TheHostsSelectorsAreWhereTheAssemblyPutsThem()
    {
        HostSelectors selectors = default;
        byte* start = (byte*)&selectors;
        ((byte*)&selectors.GdtrBase - start).Should().Be(2);
        ((byte*)&selectors.IdtrLimit - start).Should().Be(10);
        ((byte*)&selectors.IdtrBase - start).Should().Be(12);
        ((byte*)&selectors.Es - start).Should().Be(20);
        ((byte*)&selectors.Cs - start).Should().Be(22);
        ((byte*)&selectors.Ss - start).Should().Be(24);
        ((byte*)&selectors.Ds - start).Should().Be(26);
        ((byte*)&selectors.Fs - start).Should().Be(28);
        ((byte*)&selectors.Gs - start).Should().Be(30);
        ((byte*)&selectors.Tr - start).Should().Be(32);
    }

    private static ulong Word(string name) => (ulong)s_equates[name] / sizeof(ulong);

    private static Dictionary<string, long> ReadEquates() => Regex
        .Matches(File.ReadAllText(Path.Combine(Root(), "src", "Vmx", "WorldSwitch.asm")), @"(?m)^(\w+)\s+equ (0x[0-9A-F]+|\d+)( \* 8)?$")
        .ToDictionary(match => match.Groups[1].Value, match => Number(match.Groups[2].Value) * (match.Groups[3].Success ? sizeof(ulong) : 1));

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Lamina.slnx"))) directory = directory.Parent!;
        return directory.FullName;
    }

    private static long Number(string text) => text.StartsWith("0x", StringComparison.Ordinal)
        ? long.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : long.Parse(text, CultureInfo.InvariantCulture);
}
