"""Every refusal as problem+json (RFC 9457), from one table of exceptions and statuses."""

from __future__ import annotations

import json
import logging
import re
import traceback
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.asking import preferred_language, wants_html
from api.http.links import page_frame
from api.http.sign_in import asking_for_key
from data.disk import storage_error
from data.program import is_replaced
from geo.errors import (
    BadInputError,
    BrokenFileError,
    CalendarError,
    CrsError,
    InfeasibleError,
    MissingError,
    NotPermittedError,
    SolverError,
    StorageError,
    UnreachableError,
    YizhanError,
)
from geo.json_shapes import JsonBody, JsonFacts, JsonSchema
from geo.text import MOST_LISTED, Language, Text
from maps.front_pages import error_page

LOGGER = logging.getLogger("yizhan.api")

STATUSES: Mapping[type[YizhanError], tuple[int, str]] = MappingProxyType(
    {
        CrsError: (400, "wrong-reference-system"),
        CalendarError: (422, "no-holidays-announced"),
        NotPermittedError: (401, "key-needed"),
        MissingError: (404, "not-found"),
        UnreachableError: (422, "unreachable"),
        InfeasibleError: (422, "infeasible"),
        BadInputError: (400, "bad-input"),
        BrokenFileError: (500, "internal"),
        SolverError: (500, "internal"),
        StorageError: (507, "storage"),
        YizhanError: (500, "internal"),
    }
)
"""Which status and problem type an error has; the first class that fits counts."""

WRONG_KEY = "wrong-key"
"""The problem of a key that was given and opens nothing."""
PROBLEM_TYPE = "application/problem+json"
INTERNAL = Text(
    "服务器内部错误，已记录；请稍后再试。",
    "Something failed inside the server and was recorded; try again later.",
)
RESTART = Text(
    "程序文件已更新，但服务还没有重启，有些功能会出错。请管理员重启服务。",
    "The program's files were replaced while the service runs, and some of it will fail. Ask the operator to restart "
    "the service.",
)
_PHRASES: Mapping[int, Text] = MappingProxyType(
    {
        400: Text("请求有误", "Bad request"),
        401: Text("需要密钥", "Key needed"),
        403: Text("不允许", "Forbidden"),
        404: Text("没有找到", "Not found"),
        405: Text("不支持此方法", "Method not allowed"),
        406: Text("没有这种格式", "Not acceptable"),
        409: Text("有冲突", "Conflict"),
        413: Text("内容太大", "Too large"),
        415: Text("不支持的类型", "Unsupported type"),
        422: Text("无法处理", "Cannot be done"),
        429: Text("试得太多", "Too many tries"),
        500: Text("服务器内部错误", "Internal error"),
        503: Text("暂不可用", "Not available now"),
        507: Text("无法存储", "Cannot be stored"),
    }
)
_LOST = Text(
    "没有这一页：链接可能写错了，或者内容已经撤下。请从首页重新进入。",
    "There is no such page: the link may be wrong or out of date. Begin again at the start page.",
)
_ADVICE: Mapping[int, Text] = MappingProxyType(
    {
        404: _LOST,
        405: _LOST,
        413: Text(
            "发送的内容太大了，请分成几份再传。", "What you sent is too large; send it in parts."
        ),
    }
)
_BROKEN_LINK = Text(
    "这个链接不完整，或者里面有一处写错了，所以打不开。请从首页重新进入；"
    "如果链接是别人发来的，请对方再发一次。",
    "This link is incomplete or something in it is wrong, so it cannot be opened. Begin again at "
    "the start page; if somebody sent you the link, ask them to send it again.",
)
_TRY_AGAIN = Text(
    "这一步没有做成。请返回再试一次，或从首页重新进入。",
    "That did not work. Go back and try again, or begin again at the start page.",
)
_TOLD: Mapping[str, Text] = MappingProxyType(
    {
        "storage": Text(
            "服务器磁盘已满或没有写入权限，未保存；已有数据未受影响。请联系管理员。",
            "The server's disk is full or may not be written; nothing was saved and what was there "
            "is unchanged. Ask the operator.",
        )
    }
)
"""What is said of failures of ours that the reader should know; no path of the server is told."""
# A number with three or more decimals could be a position.
_POSITION = re.compile(r"\d+\.\d{3,}")


class ProblemDetails(BaseModel):
    """A refusal (RFC 9457): what is wrong and how to mend it."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Stable URI of the kind of problem")
    title: str = Field(description="The kind of problem, in the reader's language")
    status: int = Field(description="HTTP status")
    detail: str = Field(description="What is wrong with this request and how to mend it")
    detail_zh: str = Field(description="The same in Chinese")
    detail_en: str = Field(description="The same in English")


PROBLEM_RESPONSES: dict[int | str, JsonSchema] = {
    "default": {
        "description": "Any refusal, as RFC 9457 problem details",
        "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
    }
}


class HttpError(YizhanError):
    """A refusal whose status no other error has (409, 413, 415 …).

    Parameters
    ----------
    status : int
        HTTP status.
    code : str
        Last part of the problem type.
    text : Text
        What is wrong and how to mend it.
    more : JsonFacts
        Extension members of the problem.
    """

    def __init__(self, status: int, code: str, text: Text, **more: object) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.more = more


class BodyTooLargeError(HTTPException):
    """The body is larger than its sender may send.

    An ``HTTPException``, since FastAPI passes no other on while it reads a body.

    Parameters
    ----------
    most_bytes : int
        What may be sent.
    """

    def __init__(self, most_bytes: int) -> None:
        super().__init__(413)
        megabytes = most_bytes / 1e6
        self.text = Text(
            f"内容超过 {megabytes:.3g} MB，请拆分后再传。",
            f"The body is larger than {megabytes:.3g} MB; send it in parts.",
        )


def problem_response(
    request: Request,
    status: int,
    code: str,
    text: Text,
    *,
    headers: Mapping[str, str] | None = None,
    more: JsonFacts | None = None,
) -> Response:
    """Return the refusal as a page to a browser and as problem+json to everything else.

    A browser that lacks a key is asked for it.
    """
    language = preferred_language(request)
    phrase = _PHRASES.get(status) or Text(HTTPStatus(status).phrase, HTTPStatus(status).phrase)
    if wants_html(request):
        if status == HTTPStatus.UNAUTHORIZED:
            page = asking_for_key(request, refused=text if code == WRONG_KEY else None)
            return Response(page, status, dict(headers or {}), "text/html; charset=utf-8")
        page = error_page(status, phrase, text, frame=page_frame(request))
        return Response(page, status, dict(headers or {}), "text/html; charset=utf-8")
    body = {
        "type": f"urn:yizhan:problem:{code}",
        "title": phrase.into(language),
        "status": status,
        "detail": text.into(language),
        "detail_zh": text.into(Language.ZH),
        "detail_en": text.into(Language.EN),
        **(more or {}),
    }
    content = json.dumps(body, ensure_ascii=False, default=str).encode()
    return Response(content, status, dict(headers or {}), PROBLEM_TYPE)


def status_of(error: YizhanError) -> tuple[int, str]:
    """Return the status and problem code of `error`."""
    if isinstance(error, HttpError):
        return error.status, error.code
    return next(found for kind, found in STATUSES.items() if isinstance(error, kind))


def failure_text() -> Text:
    """Return what is said of a failure of ours: an update without a restart, if there was one."""
    return RESTART if is_replaced() else INTERNAL


def log_failure(error: BaseException) -> None:
    """Record a failure of ours, with every number that could be a position taken out."""
    lines = "".join(traceback.format_exception(error))
    LOGGER.error("%s", _POSITION.sub("…", lines))


async def _on_yizhan_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, YizhanError):  # pragma: no cover - Starlette calls by class
        raise error
    status, code = status_of(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and not isinstance(error, HttpError):
        log_failure(error)
        return problem_response(request, status, code, _TOLD.get(code) or failure_text())
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    more = error.more if isinstance(error, HttpError) else {}
    if "retry_after_s" in more:
        headers["Retry-After"] = str(more["retry_after_s"])
    return problem_response(request, status, code, error.text, headers=headers, more=more)


async def _on_system_error(request: Request, error: Exception) -> Response:
    told = storage_error(error)
    if told is None:
        raise error
    return await _on_yizhan_error(request, told)


async def _on_validation_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):  # pragma: no cover
        raise error
    faults = [
        {"where": ".".join(str(part) for part in fault["loc"]), "what": fault["msg"]}
        for fault in error.errors()
    ]
    if wants_html(request):
        return problem_response(request, 400, "bad-parameters", _BROKEN_LINK)
    listed = "；".join(_fault_text(fault) for fault in error.errors()[:MOST_LISTED])
    english = "; ".join(f"{fault['where']}: {fault['what']}" for fault in faults[:MOST_LISTED])
    text = Text(f"参数有误：{listed}", f"Parameters are wrong: {english}")
    return problem_response(request, 400, "bad-parameters", text, more={"errors": faults})


def _fault_text(fault: JsonBody) -> str:
    """Say in Chinese which parameter is missing or wrong; how, the member ``errors`` says."""
    named = [str(part) for part in fault["loc"][1:]]
    if not named:
        return "正文缺失或读不懂"
    return f"{'缺少' if fault['type'] == 'missing' else '无效的'}参数 {'.'.join(named)}"


async def _on_http_exception(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):  # pragma: no cover
        raise error
    if isinstance(error, BodyTooLargeError):
        return problem_response(request, error.status_code, "too-large", error.text)
    if wants_html(request):
        advice = _ADVICE.get(error.status_code, _TRY_AGAIN)
        return problem_response(request, error.status_code, "http", advice, headers=error.headers)
    text = _PHRASES.get(error.status_code) or Text(error.detail, error.detail)
    path = request.url.path[:200]
    text = Text(f"{text.zh}：{path}", f"{text.en}: {path}")
    return problem_response(request, error.status_code, "http", text, headers=error.headers)


class FailureMiddleware:
    """Answers a failure nobody foresaw with a plain 500 and keeps positions out of the log.

    Starlette's own handler re-raises, and the server would then log the message as it is.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; turn an exception into a problem."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except ClientDisconnect:
            return  # whoever asked has gone, or was cut off: nobody is there to be told
        except Exception as error:  # noqa: BLE001 - the last line of defence
            log_failure(error)
            if not started:
                answer = problem_response(Request(scope), 500, "internal", failure_text())
                await answer(scope, receive, send)


def answer_errors(app: FastAPI) -> None:
    """Make `app` answer every error through this module."""
    app.add_exception_handler(YizhanError, _on_yizhan_error)
    app.add_exception_handler(OSError, _on_system_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
