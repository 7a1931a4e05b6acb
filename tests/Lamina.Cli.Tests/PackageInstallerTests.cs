using System;
using System.Collections.Generic;
using System.Linq;
using Lamina.Cli.Packages;

namespace Lamina.Cli.Tests;

public class PackageInstallerTests
{
    private static readonly DebianPackage Nasm = new("nasm", "assembles the stubs", "nasm");
    private static readonly DebianPackage Lld = new("lld", "links the image", "lld-link");
    private readonly List<string> _commands = [];
    private readonly HashSet<string> _installed = ["apt"];
    private string _said = "";

    [Fact]
    public void Nothing_is_done_when_nothing_is_missing()
    {
        _installed.Add("nasm");
        Installer(isRoot: true).Require(Nasm);
        _commands.Should().BeEmpty();
        _said.Should().BeEmpty();
    }

    [Fact]
    public void Root_installs_what_is_missing_after_saying_what_and_why()
    {
        _installed.Add("nasm");
        Installer(isRoot: true).Require(Nasm, Lld, Lld);
        _commands.Should().Equal("apt-get -o DPkg::Lock::Timeout=500 install -y --no-install-recommends lld");
        _said.Should().Contain("lld: links the image").And.NotContain("nasm");
    }

    [Fact]
    public void The_lists_are_updated_once_when_an_install_fails()
    {
        int failures = 1;
        Installer(isRoot: true, command => !command.Contains("install") || failures-- <= 0).Require(Nasm);
        _commands.Select(command => command.Split(' ')[3]).Should().Equal("install", "update", "install");
    }

    [Fact]
    public void A_user_installs_by_sudo()
    {
        _installed.Add("sudo");
        Installer(isRoot: false).Require(Nasm);
        _commands.Should().Equal("sudo -n true", "sudo apt-get -o DPkg::Lock::Timeout=500 install -y --no-install-recommends nasm");
    }

    [Fact]
    public void The_command_is_said_when_it_cannot_be_run()
    {
        Action require = () => Installer(isRoot: false).Require(Nasm, Lld);
        require.Should().Throw<CliException>().WithMessage(
            "*nasm: assembles the stubs*lld: links the image*\n  sudo apt-get -o DPkg::Lock::Timeout=500 install -y --no-install-recommends nasm lld").Which.ExitCode.Should().Be(3);
        _commands.Should().BeEmpty();
    }

    [Fact]
    public void The_command_is_said_when_it_fails()
    {
        Action require = () => Installer(isRoot: true, _ => false).Require(Nasm);
        require.Should().Throw<CliException>().WithMessage("*could not be installed*\n  apt-get*nasm").Which.ExitCode.Should().Be(3);
    }

    private PackageInstaller Installer(bool isRoot, Func<string, bool>? succeeds = null) => new(text => _said += text)
    {
        IsRoot = isRoot,
        IsInteractive = false,
        IsInstalled = package => _installed.Contains(package.Name),
        Run = (program, arguments) =>
        {
            string command = $"{program} {string.Join(' ', arguments)}";
            _commands.Add(command);
            if (succeeds?.Invoke(command) == false)
                return 1;
            if (command.Contains(" install "))
                _installed.UnionWith(arguments);
            return 0;
        },
    };
}
