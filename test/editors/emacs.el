;; Does what a user of Emacs does, and writes what came of it to a file: one JSON object a line.  -*- lexical-binding: t -*-
;; The environment says where to (REPORT), which file (DRIVER), what to type (TYPED), and which code action to choose (ACTION).
(require 'json)

(defun report (what value)
  (let ((coding-system-for-write 'utf-8))
    (write-region (concat (json-encode `((what . ,what) (value . ,value))) "\n") nil (getenv "REPORT") t 'quiet)))

(defun wait (what found)
  (let ((end (+ (float-time) 60)))
    (while (not (or (funcall found) (> (float-time) end)))
      (accept-process-output nil 0.02))
    (unless (funcall found) (report "waited too long for" what))))

(defun texts ()
  (vconcat (mapcar #'flymake-diagnostic-text (flymake-diagnostics))))

;; What the command loop does when a command, or typing, is through; there is none here.
(defun idle ()
  (run-hooks 'post-command-hook)
  (when (eglot-current-server) (eglot--signal-textDocument/didChange)))

(find-file (getenv "DRIVER"))
(switch-to-buffer (current-buffer))
(idle)
(wait "the server" #'eglot-current-server)
(report "servers" (vector (plist-get (eglot--server-info (eglot-current-server)) :name)))

(flymake-start)
(wait "diagnostics" #'flymake-diagnostics)
(report "diagnostics" (texts))
(let ((finding (car (flymake-diagnostics))))
  (report "underlined" (buffer-substring (flymake-diagnostic-beg finding) (flymake-diagnostic-end finding))))

(goto-char (point-min))
(search-forward "VFIO_DEVICE_STATE_STOP_COPY")
(backward-char)
(let (hover)
  (eglot-hover-eldoc-function (lambda (text &rest _) (setq hover text)))
  (wait "hover" (lambda () hover))
  (report "hover" (substring-no-properties hover)))

(goto-char (flymake-diagnostic-beg (car (flymake-diagnostics))))
(beginning-of-line)
(let ((start (point)))
  (insert (getenv "TYPED") "\n")
  (idle)
  (wait "the finding to go" (lambda () (null (flymake-diagnostics))))
  (report "after typing" (texts))
  (delete-region start (point))
  (idle)
  (wait "the finding to come back" #'flymake-diagnostics)
  (report "after undo" (texts)))

;; As a user answers the list of actions, by its keys.
(goto-char (flymake-diagnostic-beg (car (flymake-diagnostics))))
(undo-boundary)
(let ((last-nonmenu-event ?\r)
      (completing-read-function
       (lambda (_prompt actions &rest _)
         (report "actions" (vconcat (mapcar #'car actions)))
         (getenv "ACTION"))))
  (call-interactively #'eglot-code-actions))
(idle)
(wait "the code action to mend" (lambda () (null (flymake-diagnostics))))
(report "after the action" (texts))
(report "text after the action" (buffer-string))
(undo-boundary)
(undo)
(idle)
(wait "the finding to come back again" #'flymake-diagnostics)
(report "text after undo" (buffer-string))

(set-buffer-modified-p nil)
(eglot-shutdown (eglot-current-server) nil 30)
(kill-emacs 0)
