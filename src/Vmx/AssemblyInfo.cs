// The tests of a room see its internals; no other room does.
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Vmx.Tests")]
