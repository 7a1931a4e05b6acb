; The world switch of AMD-V (AMD APM vol. 2, 15.5).
; None of it is interrupted: interrupts are off, and within the switch GIF is clear, so that NMIs wait as well.

%include "src/Hypervisor.Core/Assembly.inc"

        section .text

; void SvmEnter(rcx = GeneralRegisters*, rdx = HPA of the guest's VMCB, r8 = 6 vectors of 16 bytes, r9 = HPA of the host's VMCB)
; Runs the guest until it exits. VMRUN and #VMEXIT switch RAX and RSP, and leave FS, GS, TR, LDTR and the MSRs of SYSCALL and SYSENTER to VMLOAD and
; VMSAVE: the host's are back before any C# runs.
; RFLAGS.IF is set for the guest's time, as with V_INTR_MASKING it says whether physical interrupts exit; with GIF clear none is taken here.
stub SvmEnter
        push_host
        push    r9
        push    r8
        push    rcx
        clgi
        sti
        load_vectors r8
        mov     rax, rdx
        load_guest
        vmload
        vmrun
.exited:
        ; #VMEXIT brought the host's RAX and RSP back. Bochs 2.7 also brings a guest's single step that was due: it goes nowhere.
        fixup   SvmEnter.exited, SvmEnter.exited
        vmsave
        pop     rax
        mov     [rax + GPR_RCX], rcx
        store_guest rax
        pop     rcx
        store_vectors rcx
        pop     rax
        vmload
        cli
        stgi
        pop_host
        ret
.end:
        fatal   SvmEnter, SvmEnter.end

        guarded SvmRunGuarded, SvmRunTurn

        single  SvmSetCr2, mov cr2, rcx

; void SvmSaveHost(rcx = HPA of the host's VMCB)
stub SvmSaveHost
        mov     rax, rcx
        vmsave
        ret
