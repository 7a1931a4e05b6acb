; The world switch of VT-x, and the instructions of VMX (Intel SDM vol. 3, chapters 26 to 28 and 31).
; Interrupts are off, and exits leave them so. An NMI between them and the host's is the host's.

%include "src/Hypervisor.Core/Assembly.inc"

; ExitFields.
EXIT_RIP                equ 0 * 8
EXIT_RSP                equ 1 * 8
EXIT_RFLAGS             equ 2 * 8
EXIT_INTERRUPTIBILITY   equ 3 * 8
EXIT_REASON             equ 4 * 8
EXIT_QUALIFICATION      equ 5 * 8
EXIT_LENGTH             equ 6 * 8
EXIT_IDT_VECTORING      equ 7 * 8
EXIT_HOST_RSP           equ 8 * 8

; Encodings of VMCS fields (appendix B).
GUEST_INTERRUPTIBILITY  equ 0x4824
REASON                  equ 0x4402
IDT_VECTORING           equ 0x4408
INSTRUCTION_LENGTH      equ 0x440C
QUALIFICATION           equ 0x6400
GUEST_RSP               equ 0x681C
GUEST_RIP               equ 0x681E
GUEST_RFLAGS            equ 0x6820
HOST_RSP                equ 0x6C14

        section .text

; ulong VmxEnter(rcx = GeneralRegisters*, rdx = ExitFields*, r8 = 6 vectors of 16 bytes, r9 = 0: VMLAUNCH, else VMRESUME)
; Runs the guest of the current VMCS until it exits; its RIP, RSP and RFLAGS are in the VMCS already. Returns 0, or 1 when the CPU refused to enter for what
; stands in the VMCS (VMfailValid: the instruction error says why), 2 when there is no VMCS (VMfailInvalid). Exits load the host's segments, tables and
; CR3 from the VMCS.
stub VmxEnter
        push_host
        push    r8
        push    rdx
        push    rcx
        cmp     rsp, [rdx + EXIT_HOST_RSP]
        je      .same_stack             ; nearly always: the loop calls from the same depth
        mov     [rdx + EXIT_HOST_RSP], rsp
        mov     eax, HOST_RSP
        vmwrite rax, rsp
.same_stack:
        load_vectors r8
        test    r9, r9
        mov     rax, [rcx + GPR_RAX]
        load_guest
        jz      .launch
        vmresume
        jmp     .refused
.launch:
        vmlaunch
.refused:                               ; CF: VMfailInvalid, ZF: VMfailValid
        mov     eax, 1
        mov     ecx, 2
        cmovc   eax, ecx
        add     rsp, 3 * 8
        pop_host
        ret

; The host's RIP in every VMCS; the host's RSP is that of the entry.
stub VmxExitPoint
        xchg    rcx, [rsp]              ; GeneralRegisters*, for the guest's RCX
        mov     [rcx + GPR_RAX], rax
        store_guest rcx
        pop     qword [rcx + GPR_RCX]
        pop     rdx                     ; ExitFields*
        pop     r8                      ; the vectors
        store_vectors r8
        mov     eax, GUEST_RSP
        vmread  r8, rax
        mov     [rcx + GPR_RSP], r8
        mov     [rdx + EXIT_RSP], r8
%macro keep 2
        mov     eax, %1
        vmread  [rdx + %2], rax
%endmacro
        keep    GUEST_RIP, EXIT_RIP
        keep    GUEST_RFLAGS, EXIT_RFLAGS
        keep    GUEST_INTERRUPTIBILITY, EXIT_INTERRUPTIBILITY
        keep    REASON, EXIT_REASON
        keep    QUALIFICATION, EXIT_QUALIFICATION
        keep    INSTRUCTION_LENGTH, EXIT_LENGTH
        keep    IDT_VECTORING, EXIT_IDT_VECTORING
        xor     eax, eax
        pop_host
        ret
.end:
        fatal   VmxEnter, VmxExitPoint.end

        guarded VmxRunGuarded, VmxRunTurn

        single  VmxGetExitPoint, lea rax, [VmxExitPoint]

; bool: an instruction of VMX worked, which leaves CF and ZF clear (31.2).
%macro operation 2+
stub %1
        %2
        seta    al
        movzx   eax, al
        ret
%endmacro
; The same, of an operand of 64 bits in memory, or of 128 whose upper half is 0: rcx or rdx, put where the ABI leaves room for it.
%macro operation64 2
stub %1
        mov     [rsp + 8], rcx
        %2      [rsp + 8]
        seta    al
        movzx   eax, al
        ret
%endmacro
%macro operation128 2
stub %1
        mov     [rsp + 8], rdx
        mov     qword [rsp + 16], 0
        %2      rcx, [rsp + 8]
        seta    al
        movzx   eax, al
        ret
%endmacro
        operation64 VmxOn, vmxon        ; (HPA of the VMXON region)
        operation64 VmxClear, vmclear   ; (HPA of a VMCS)
        operation64 VmxSelect, vmptrld  ; (HPA of a VMCS)
        operation128 VmxInvalidateEpt, invept   ; (type, EPT pointer)
        operation128 VmxInvalidateVpid, invvpid ; (type, VPID)
        operation VmxWrite, vmwrite rcx, rdx    ; (encoding, value)

; ulong VmxRead(rcx = encoding): 0 when the CPU has no such field
stub VmxRead
        xor     eax, eax
        vmread  rax, rcx
        ret

stub VmxStop                            ; into the panic
        ud2
.end:
        fatal   VmxStop, VmxStop.end
        single  VmxTakeNmi, int 2       ; the IRET of our own handler ends the blocking of NMIs
        single  VmxGetCr0, mov rax, cr0
        single  VmxSetCr0, mov cr0, rcx
        single  VmxGetCr2, mov rax, cr2
        single  VmxSetCr2, mov cr2, rcx
        single  VmxGetCr3, mov rax, cr3
        single  VmxGetCr4, mov rax, cr4
        single  VmxSetCr4, mov cr4, rcx
        single  VmxGetDr6, mov rax, dr6
        single  VmxSetDr6, mov dr6, rcx

; void VmxGetSelectors(rcx = HostSelectors*)
stub VmxGetSelectors
        sgdt    [rcx]
        sidt    [rcx + 10]
        mov     [rcx + 20], es
        mov     [rcx + 22], cs
        mov     [rcx + 24], ss
        mov     [rcx + 26], ds
        mov     [rcx + 28], fs
        mov     [rcx + 30], gs
        str     [rcx + 32]
        ret
