;;; convive.el --- Ask Convive about code, through Eglot  -*- lexical-binding: t; -*-

;; Author: the Convive project
;; Version: 0.1.0
;; Package-Requires: ((emacs "29.1"))
;; Keywords: languages, tools
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; Eglot alone completes and lists code actions.  This adds what it lacks: a question of your own about the region, in the
;; minibuffer, and keys for what can be done with an answer.  All words, prompts and edits are the server's.

;;; Code:

(require 'eglot)

(defvar convive-map
  (let ((map (make-sparse-keymap)))
    (define-key map "a" #'convive-ask)
    (define-key map "f" #'convive-follow-up)
    (define-key map "e" #'convive-explain)
    (define-key map "d" #'convive-document)
    (define-key map "t" #'convive-test)
    (define-key map "w" #'convive-write)
    (define-key map "r" #'convive-regenerate)
    (define-key map "l" #'convive-alternatives)
    (define-key map "c" #'convive-cancel)
    map)
  "Keys for Convive's commands, to be bound to a prefix of your choice.")

(defun convive--server ()
  "The server of this buffer, or any: answers are in buffers of their own."
  (or (eglot-current-server)
      (seq-find #'jsonrpc-running-p
                (apply #'append (hash-table-values eglot--servers-by-project)))
      (user-error "No server runs here: M-x eglot starts it")))

(defun convive--run (command &rest fields)
  "Run COMMAND of the server with an object of FIELDS, a property list.
It returns at once; answers and failures come as messages and documents."
  (jsonrpc-async-request
   (convive--server) :workspace/executeCommand
   `(:command ,command :arguments ,(if fields (vector fields) []))
   :error-fn (lambda (failure) (message "Convive: %s" (plist-get failure :message)))))

(defun convive--place ()
  "The region, else the cursor, as the fields that say where."
  (if (eglot-managed-p) (convive--range)
    ;; An answer: what goes on from it is about the code that it is about.
    (list :path buffer-file-name :lines [1 1])))

(defun convive--range ()
  "The region, else the cursor, of a buffer that the server knows."
  (eglot--signal-textDocument/didChange)
  (let ((ends (if (use-region-p)
                  (cons (region-beginning) (region-end))
                (cons (point) (point)))))
    (list :uri (plist-get (eglot--TextDocumentIdentifier) :uri)
          :range (list :start (eglot--pos-to-lsp-position (car ends))
                       :end (eglot--pos-to-lsp-position (cdr ends))))))

(defun convive--act (action)
  "Ask by the ACTION of this id about the region."
  (apply #'convive--run "convive.ask" :action action (convive--place)))

(defun convive-ask (question)
  "Ask QUESTION about the region, else about the place of the cursor."
  (interactive "sAsk: ")
  (apply #'convive--run "convive.ask" :question question (convive--place)))

(defun convive-follow-up (question)
  "Ask QUESTION in the conversation of the last answer."
  (interactive "sFollow up: ")
  (apply #'convive--run "convive.ask" :question question :conversation "last" (convive--place)))

(defun convive-explain () "Explain the region." (interactive) (convive--act "explain"))
(defun convive-document () "Write the doc comment." (interactive) (convive--act "document"))
(defun convive-test () "Write a unit test that runs." (interactive) (convive--act "test"))
(defun convive-write () "Write what the comment above asks for." (interactive) (convive--act "write"))
(defun convive-regenerate () "Ask once more." (interactive) (convive--run "convive.regenerate"))
(defun convive-alternatives () "Show all answers." (interactive) (convive--run "convive.alternatives"))
(defun convive-cancel () "End what is being answered." (interactive) (convive--run "convive.cancel"))

(provide 'convive)
;;; convive.el ends here
